package io.culvert.acceptance.history;

import java.util.List;

/** Something that must hold in every history. Pure. */
interface Rule {
  /** What breaks it, for people; empty if nothing does. */
  List<String> violations(History history);
}
