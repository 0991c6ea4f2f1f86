Some text
> module Literate where

\begin{code}
x = 1
