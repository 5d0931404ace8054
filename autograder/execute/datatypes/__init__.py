"""Types that cross the wall as data besides the codec's own; each is rebuilt of plain data and nothing else."""

from autograder.execute.datatypes import arrays as arrays
from autograder.execute.datatypes import collected as collected
from autograder.execute.datatypes import enums as enums
from autograder.execute.datatypes import iterators as iterators
from autograder.execute.datatypes import quantities as quantities
from autograder.execute.datatypes import streams as streams
