package dev.orrery.bench;

import java.util.List;

/** A group of figures that are measured together: Orrery and its peers, alternated in one run. */
interface Suite {
    /** Its name on the command line. */
    String name();

    /** What it measures, in a sentence. */
    String description();

    /** Measures; takes as long as the effort says. */
    List<Figure> run(Effort effort, Workplace place, Progress progress) throws Exception;
}
