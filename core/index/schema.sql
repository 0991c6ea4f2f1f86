-- The index of one project: what its modules define, mention and implement.  All of it is made from .hie files.
--
-- Numbers stand for names, because each is mentioned hundreds of times.  Spans are packed as thatch.core.index.packing
-- says.  A module's rows come and go together; names stay, so that whoever knows a number may go on using it.

CREATE TABLE modules (
  id INTEGER PRIMARY KEY,
  unit TEXT NOT NULL,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  -- The hash of the .hie file, and the stamp of the source text that it is about.
  stamp TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (unit, path)
);

-- Where names come from: a unit and a module of it; both are empty for names of modules and those known to GHC.
CREATE TABLE origins (
  id INTEGER PRIMARY KEY,
  unit TEXT NOT NULL,
  module TEXT NOT NULL,
  UNIQUE (unit, module)
);

-- The columns are those of thatch.core.index.model.NameKey.
CREATE TABLE names (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  namespace INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  parent TEXT NOT NULL,
  UNIQUE (text, namespace, origin, parent)
);

CREATE TABLE definitions (
  module INTEGER NOT NULL,
  name INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  label TEXT NOT NULL,
  container INTEGER,
  -- The name, and the whole declaration.
  spans BLOB NOT NULL,
  PRIMARY KEY (module, name)
) WITHOUT ROWID;
CREATE INDEX definitions_by_name ON definitions (name);
-- Looking for letters in labels goes through all of them, which are few bytes here.
CREATE INDEX definitions_by_label ON definitions (label);

CREATE TABLE mentions (
  name INTEGER NOT NULL,
  module INTEGER NOT NULL,
  places BLOB NOT NULL,
  PRIMARY KEY (name, module)
) WITHOUT ROWID;
CREATE INDEX mentions_by_module ON mentions (module);

CREATE TABLE instances (
  module INTEGER NOT NULL,
  number INTEGER NOT NULL,
  class INTEGER NOT NULL,
  derived INTEGER NOT NULL,
  -- The head, and the whole declaration.
  spans BLOB NOT NULL,
  PRIMARY KEY (module, number)
) WITHOUT ROWID;
CREATE INDEX instances_by_class ON instances (class);

CREATE TABLE instance_types (
  type INTEGER NOT NULL,
  module INTEGER NOT NULL,
  -- The instance's number, and the place of the type in its head.
  number INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (type, module, number)
) WITHOUT ROWID;
CREATE INDEX instance_types_by_module ON instance_types (module, number);

CREATE TABLE bodies (
  module INTEGER NOT NULL,
  number INTEGER NOT NULL,
  name INTEGER NOT NULL,
  -- The name, the whole binding or equation, and the head of the instance, if it is in one.
  spans BLOB NOT NULL,
  PRIMARY KEY (module, number)
) WITHOUT ROWID;
CREATE INDEX bodies_by_name ON bodies (name);

CREATE TABLE superclasses (
  module INTEGER NOT NULL,
  class INTEGER NOT NULL,
  superclass INTEGER NOT NULL,
  spans BLOB NOT NULL,
  PRIMARY KEY (module, class, superclass)
) WITHOUT ROWID;
CREATE INDEX superclasses_by_class ON superclasses (class);
CREATE INDEX superclasses_by_superclass ON superclasses (superclass);
