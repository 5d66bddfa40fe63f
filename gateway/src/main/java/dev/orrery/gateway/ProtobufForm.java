package dev.orrery.gateway;

import java.util.ArrayList;
import java.util.List;

/**
 * The Protobuf form: messages of the published protocol definition, each after its length, in a
 * binary frame.
 *
 * <p>Field numbers are those of the published definition; the messages are read and written field
 * by field. The data of calls, publications and results is JSON text in bytes.
 */
record ProtobufForm(Json json) implements Form {
    @Override
    public boolean text() {
        return false;
    }

    @Override
    public List<Command> decode(byte[] frame) throws BadFrame {
        List<Command> commands = new ArrayList<>();
        ProtobufReader in = new ProtobufReader(frame);
        while (in.hasNext()) {
            if (commands.size() == COMMANDS_PER_FRAME) {
                throw new BadFrame("more than " + COMMANDS_PER_FRAME + " commands in a frame");
            }
            commands.add(new ProtobufCommands(json).command(in.message()));
        }
        if (commands.isEmpty()) {
            throw new BadFrame("a frame holds at least one command");
        }
        return commands;
    }

    @Override
    public byte[] encode(Reply reply) {
        return ProtobufWriter.delimited(out -> ProtobufReplies.write(out, reply));
    }
}
