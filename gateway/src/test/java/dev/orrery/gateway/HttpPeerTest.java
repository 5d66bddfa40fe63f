package dev.orrery.gateway;

import dev.orrery.graph.HttpPeer;
import dev.orrery.graph.Peer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;

/** Syncing by posted messages. */
class HttpPeerTest extends GraphPeerContract {
    @Override
    Peer open(int port, String method, String token) {
        URI address = URI.create("http://127.0.0.1:" + port + "/rpc/" + method);
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        return token.isEmpty()
                ? HttpPeer.at(address)
                : HttpPeer.at(
                        HttpClient.newHttpClient(),
                        request.header("Authorization", "Bearer " + token));
    }
}
