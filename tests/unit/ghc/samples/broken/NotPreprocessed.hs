{-# LANGUAGE CPP #-}
module NotPreprocessed where
#if FOO(
#endif
#error "no way"
#include "nothere.h"
