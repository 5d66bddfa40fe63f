/** HTTP, WebSocket and server-sent events in front of an Orrery. */
module dev.orrery.gateway {
    requires static org.jspecify;
    requires transitive dev.orrery.engine;
    requires com.google.protobuf;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.websocket.server;
    requires tools.jackson.databind;
}
