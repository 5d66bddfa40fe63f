package dev.orrery.bench;

import java.util.ArrayList;
import java.util.List;

/** The walking skeleton: one flow, from the event to the socket, and its start. */
final class SliceSuite implements Suite {
    static final String NAME = "slice";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "the durable projection beside plain JDBC, append to socket, start-up";
    }

    @Override
    public List<Figure> run(Effort effort, Workplace place, Progress progress) throws Exception {
        List<Figure> figures = new ArrayList<>();
        figures.addAll(new ProjectionRate(place).measure(effort, progress));
        figures.addAll(new SocketLatency(place).measure(effort, progress));
        figures.addAll(new StartUp(place).measure(effort, progress));
        return figures;
    }
}
