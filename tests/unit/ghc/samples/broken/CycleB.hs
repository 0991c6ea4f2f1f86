module CycleB where
import CycleA
