package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The JSON form: one JSON object in each line of a text frame.
 *
 * <p>Member names are those of the published protocol definition.
 */
record JsonForm(Json json) implements Form {
    @Override
    public boolean text() {
        return true;
    }

    @Override
    public List<Command> decode(byte[] frame) throws BadFrame {
        List<Command> commands = new ArrayList<>();
        for (Object value : json.readAll(frame, 0, frame.length, COMMANDS_PER_FRAME)) {
            if (!(value instanceof Map<?, ?> members)) {
                throw new BadFrame("a command is a JSON object");
            }
            commands.add(JsonCommands.command(members));
        }
        if (commands.isEmpty()) {
            throw new BadFrame("a frame holds at least one command");
        }
        return commands;
    }

    @Override
    public byte[] encode(Reply reply) {
        return (new JsonReplies(json).text(reply) + "\n").getBytes(UTF_8);
    }
}
