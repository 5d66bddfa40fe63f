/** HTTP, WebSocket and server-sent events in front of an Orrery. */
module dev.orrery.gateway {
    requires static org.jspecify;
    requires transitive dev.orrery.channel;
    requires transitive dev.orrery.engine;
    requires com.nimbusds.jose.jwt;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires org.eclipse.jetty.websocket.api;
    requires org.eclipse.jetty.websocket.server;
    requires tools.jackson.core;

    exports dev.orrery.gateway;
}
