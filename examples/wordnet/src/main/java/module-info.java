/** The WordNet example: a graph of the English language, read, asked and replicated. */
module dev.orrery.examples.wordnet {
    requires static org.jspecify;
    requires dev.orrery.cli;
    requires dev.orrery.graph;
    requires info.picocli;

    exports dev.orrery.examples.wordnet;

    opens dev.orrery.examples.wordnet to
            info.picocli;

    provides dev.orrery.cli.Command with
            dev.orrery.examples.wordnet.WordNetCommand;
}
