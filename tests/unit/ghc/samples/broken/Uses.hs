module Uses where

import Warnings

uses :: Int
uses = old + field
