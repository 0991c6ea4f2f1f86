{-# LANGUAGE CPP #-}
-- Writes wired-in.hi, an interface that declares what is wired into GHC, which no other one does; see thatch.core.th.derive.
module Main (main) where

import GHC.Builtin.Names (gHC_PRIM)
import GHC.Builtin.PrimOps (allThePrimOps)
import GHC.Builtin.PrimOps.Ids (primOpId)
import GHC.Builtin.Types (wiredInTyCons)
import GHC.Builtin.Types.Literals (typeNatTyCons)
import GHC.Builtin.Types.Prim (primTyCons)
import GHC.Iface.Binary (TraceBinIFace (QuietBinIFace), writeBinIface)
#if __GLASGOW_HASKELL__ < 908
import GHC.Iface.Make (tyThingToIfaceDecl)
#else
import GHC.Iface.Decl (tyThingToIfaceDecl)
#endif
import GHC.Iface.Syntax
import GHC.Platform (genericPlatform)
import GHC.Platform.Profile (Profile (Profile))
import GHC.Types.Id.Make (wiredInIds)
import GHC.Types.TyThing (TyThing (AnId, ATyCon))
import GHC.Unit.Module.ModIface (ModIface_ (mi_decls), emptyFullModIface)
import GHC.Utils.Fingerprint (fingerprint0)

main :: IO ()
main = writeBinIface (Profile genericPlatform mempty) QuietBinIFace "wired-in.hi" interface
  where
    interface = (emptyFullModIface gHC_PRIM) {mi_decls = [(fingerprint0, declaration thing) | thing <- types ++ values]}
    types = map ATyCon (primTyCons ++ wiredInTyCons ++ typeNatTyCons)
    values = map AnId (wiredInIds ++ map primOpId allThePrimOps)

declaration :: TyThing -> IfaceDecl
declaration thing = case tyThingToIfaceDecl False thing of
  -- An interface cannot tell that a family is computed by GHC.
  family@IfaceFamily {ifFamFlav = IfaceBuiltInSynFamTyCon} -> family {ifFamFlav = IfaceOpenSynFamilyTyCon}
  IfaceId name type_ _ _ -> IfaceId name type_ IfVanillaId []
  other -> other
