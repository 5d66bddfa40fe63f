package dev.orrery.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A form of graphs in files. */
public enum GraphFormat {
    /** A JSON object in each line, one for each node and edge; keeps everything. */
    JSON_LINES {
        @Override
        ElementWriter writer(OutputStream out, Contents contents) throws IOException {
            return new JsonLinesWriter(out, contents);
        }

        @Override
        ElementReader reader(InputStream in) {
            return new JsonLinesReader(in);
        }
    },
    /**
     * GraphML, the XML of graph tools; keeps everything that XML can name, with notes beside the
     * types that it lacks.
     */
    GRAPHML {
        @Override
        ElementWriter writer(OutputStream out, Contents contents) throws IOException {
            return new GraphMlWriter(out, contents);
        }

        @Override
        ElementReader reader(InputStream in) {
            return new GraphMlReader(in);
        }
    };

    /** A writer that has written what comes before the first node. */
    abstract ElementWriter writer(OutputStream out, Contents contents) throws IOException;

    /** A reader that has read nothing yet. */
    abstract ElementReader reader(InputStream in);
}
