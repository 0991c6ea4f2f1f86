module CycleA where
import CycleB
