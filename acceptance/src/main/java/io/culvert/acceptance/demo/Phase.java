package io.culvert.acceptance.demo;

/** One step of the demonstration. Phases run in order, each in the world the one before left. */
public interface Phase {
  /** What it shows, a few words for the table. */
  String title();

  /**
   * Does it, and says what it saw.
   *
   * @throws io.culvert.acceptance.lab.LabException with a sentence, if something did not hold
   */
  void run(DemoWorld world, Findings findings);
}
