package dev.orrery.gateway;

import dev.orrery.channel.Action;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The methods as OpenAPI 3.1 describes them, for whoever may call them. */
final class Description {
    private static final Map<String, Object> JSON =
            Map.of("content", Map.of("application/json", Map.of("schema", Map.of())));

    private Description() {}

    /** Those that the caller may call, and no other name. // law H4 */
    static Map<String, Object> of(Rpc methods, Connection caller) {
        Map<String, Object> paths = new TreeMap<>();
        for (String method : methods.names()) {
            if (caller.may(Action.CALL, new Resource.OfMethod(method))) {
                paths.put("/rpc/" + method, Map.of("post", operation(method)));
            }
        }
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("openapi", "3.1.0");
        description.put("info", Map.of("title", Gateway.NAME, "version", "1"));
        description.put("paths", paths);
        description.put(
                "components",
                Map.of(
                        "securitySchemes",
                        Map.of("token", Map.of("type", "http", "scheme", "bearer"))));
        return description;
    }

    private static Map<String, Object> operation(String method) {
        Map<String, Object> result = new LinkedHashMap<>(JSON);
        result.put("description", "what the method returned");
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("operationId", method);
        operation.put("requestBody", JSON);
        operation.put("security", List.of(Map.of("token", List.of())));
        operation.put(
                "responses",
                Map.of(
                        "200",
                        result,
                        "default",
                        Map.of("description", "what went wrong, in one line of text")));
        return operation;
    }
}
