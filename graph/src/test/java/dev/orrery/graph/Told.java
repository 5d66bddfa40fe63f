package dev.orrery.graph;

import java.text.MessageFormat;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Collects what a class logs, as people read it, until it is closed. */
final class Told extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<String> lines;

    private Told(Logger logger, List<String> lines) {
        this.logger = logger;
        this.lines = lines;
    }

    static Told by(Class<?> teller, List<String> lines) {
        Logger logger = Logger.getLogger(teller.getName());
        Told told = new Told(logger, lines);
        logger.addHandler(told);
        return told;
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(MessageFormat.format(line.getMessage(), line.getParameters()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
