"""GHC sessions behind bubblewrap: what they see, what they may use, and how users are told; not when one is started."""
