package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.channel.Connection;
import dev.orrery.channel.History;
import dev.orrery.channel.Message;
import dev.orrery.channel.Presence;
import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What a client asks of a channel or does to it, without following it for that. Immutable. */
record ChannelCommands(Services services, Contents contents) {
    ChannelCommands(Services services) {
        this(services, new Contents(services.json()));
    }

    Reply publish(Connection by, Command.Publish command) {
        return answered(
                command.id(),
                () -> {
                    int bytes = services.json().write(command.data()).getBytes(UTF_8).length;
                    by.publish(command.channel(), command.data(), bytes);
                    return new Reply.Accepted(command.id());
                });
    }

    Reply presence(Connection by, Command.Presence command) {
        return answered(
                command.id(),
                () ->
                        new Reply.Present(
                                command.id(), contents.clients(by.members(command.channel()))));
    }

    Reply presenceStats(Connection by, Command.PresenceStats command) {
        return answered(
                command.id(),
                () -> {
                    List<Presence.Member> members = by.members(command.channel());
                    int clients =
                            members.stream().mapToInt(each -> each.connections().size()).sum();
                    return new Reply.PresentCount(command.id(), clients, members.size());
                });
    }

    /** As much of it as a reply holds; who wants more reads on from the last one. */
    Reply history(Connection by, Command.History command) {
        return answered(
                command.id(),
                () -> {
                    int most = command.limit() < 0 ? Integer.MAX_VALUE : command.limit();
                    History.Page page =
                            by.history(
                                    command.channel(),
                                    new History.Range(command.since(), most, command.reverse()));
                    return new Reply.Kept(
                            command.id(), page.head().epoch(), page.head().offset(), fitting(page));
                });
    }

    private List<Publication> fitting(History.Page page) {
        List<Publication> fitting = new ArrayList<>();
        long bytes = 0;
        for (Message message : page.messages()) {
            Publication publication =
                    switch (message) {
                        case Message.Entry entry -> contents.of(entry);
                        case Message.FromClient sent -> contents.of(sent);
                        case Message.Came _, Message.Gap _ ->
                                throw new IllegalStateException("law H11: " + message);
                    };
            bytes += publication.data().length();
            if (bytes > services.limits().recoveryBytes() && !fitting.isEmpty()) {
                return fitting;
            }
            fitting.add(publication);
        }
        return fitting;
    }

    private static Reply answered(long id, Supplier<Reply> answer) {
        try {
            return answer.get();
        } catch (OrreryException.Closed | OrreryException.Cancelled ended) {
            throw ended;
        } catch (OrreryException refused) {
            return Refusal.of(id, refused);
        } catch (RuntimeException failure) {
            return Refusal.of(id, failure);
        }
    }
}
