package dev.orrery.testkit;

import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Collects what a class logs, as people read it, until it is closed; nobody else is told. */
public final class Told extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<String> lines;

    private Told(Logger logger, List<String> lines) {
        this.logger = logger;
        this.lines = lines;
        setFormatter(new SimpleFormatter());
    }

    /** Begins to collect. */
    public static Told by(Class<?> teller, List<String> lines) {
        Logger logger = Logger.getLogger(teller.getName());
        Told told = new Told(logger, lines);
        logger.setUseParentHandlers(false);
        logger.addHandler(told);
        return told;
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(getFormatter().formatMessage(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
