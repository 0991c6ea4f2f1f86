module Unicode where

-- 😀
x :: Int
x = "😀 \DEL" ++ 'é' {- 𝒳 -}	+ nope
