package dev.orrery.bench;

import static java.util.stream.Collectors.toCollection;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.lang.module.ModuleDescriptor;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which module may use which, and which libraries. What a module may use, its users may see too;
 * siblings that are not named do not know each other and meet through core. Immutable.
 */
final class House {

    /**
     * One module: the modules it stands on, and the packages of the libraries it may use beside the
     * JDK's {@code java.*}.
     */
    private record Room(List<String> standsOn, List<String> libraries) {
        Room using(String... packages) {
            return new Room(standsOn, List.of(packages));
        }
    }

    private static Room on(String... modules) {
        return new Room(List.of(modules), List.of());
    }

    private static final Map<String, Room> ROOMS =
            Map.ofEntries(
                    Map.entry("core", on()),
                    Map.entry("sql", on("core").using("org.sqlite", "org.postgresql")),
                    Map.entry("query", on("core")),
                    Map.entry("channel", on("core")),
                    Map.entry("view", on("core")),
                    Map.entry("graph", on("core")),
                    Map.entry("graph.bouncycastle", on("graph").using("org.bouncycastle")),
                    Map.entry("exchange", on("core", "graph").using("tools.jackson", "javax.xml")),
                    Map.entry("log", on("core", "sql")),
                    Map.entry("table", on("core", "sql")),
                    Map.entry("projection", on("core", "sql", "log")),
                    Map.entry(
                            "engine",
                            on(
                                    "core",
                                    "sql",
                                    "query",
                                    "channel",
                                    "view",
                                    "graph",
                                    "log",
                                    "table",
                                    "projection")),
                    Map.entry(
                            "gateway",
                            on("engine")
                                    .using(
                                            "tools.jackson",
                                            "com.fasterxml.jackson.annotation",
                                            "com.google.protobuf",
                                            "com.nimbusds",
                                            "org.eclipse.jetty")),
                    Map.entry("metrics", on("engine").using("io.micrometer.core")),
                    Map.entry("cli", on("engine", "exchange", "gateway").using("picocli")),
                    Map.entry("examples.quickstart", on("engine")),
                    Map.entry(
                            "examples.flights",
                            on("engine", "gateway", "cli").using("picocli", "tools.jackson")),
                    Map.entry(
                            "bench",
                            on("engine", "gateway", "cli", "examples.flights")
                                    .using(
                                            "picocli",
                                            "tools.jackson",
                                            "com.sun.management",
                                            "org.postgresql")),
                    Map.entry(
                            "testkit",
                            on("core", "query")
                                    .using("org.junit", "org.assertj", "io.zonky.test")));

    private static final String OURS = "dev.orrery";

    /** Every module there is, by its name below {@code dev.orrery}. */
    static Set<String> modules() {
        return ROOMS.keySet();
    }

    /** The module a package belongs to, if it is one of ours and the house has such a module. */
    static Optional<String> moduleOf(String packageName) {
        if (packageName.equals(OURS)) {
            return Optional.of("engine");
        }
        return ROOMS.keySet().stream()
                .filter(name -> isIn(packageName, OURS + "." + name))
                .max(Comparator.comparingInt(String::length)); // a room may be in another's name
    }

    /** What these classes do that the house does not allow, one line each, in order. */
    static Set<String> trespasses(Iterable<JavaClass> classes) {
        var found = new TreeSet<String>();
        for (var user : classes) {
            var module = moduleOf(user.getPackageName());
            if (module.isEmpty()) {
                found.add(user.getPackageName() + " belongs to no module of the house");
                continue;
            }
            user.getDirectDependenciesFromSelf().stream()
                    .filter(use -> !mayUse(module.get(), packageUsedBy(use)))
                    .map(Dependency::getDescription)
                    .forEach(found::add);
        }
        return found;
    }

    /** What this descriptor requires that the house does not allow, one line each. */
    static Set<String> trespasses(ModuleDescriptor descriptor) {
        String user = descriptor.name().substring(OURS.length() + 1);
        return descriptor.requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> name.startsWith(OURS + "."))
                .map(name -> name.substring(OURS.length() + 1))
                .filter(name -> !seenBy(user).contains(name))
                .map(name -> user + " requires " + name)
                .collect(toCollection(TreeSet::new));
    }

    private static String packageUsedBy(Dependency use) {
        return use.getTargetClass().getBaseComponentType().getPackageName();
    }

    private static boolean mayUse(String user, String packageName) {
        if (isIn(packageName, OURS)) {
            return moduleOf(packageName).filter(seenBy(user)::contains).isPresent();
        }
        return packageName.isEmpty() // a primitive
                || Stream.of("java", "javax.sql", "jdk.jfr", "org.jspecify")
                        .anyMatch(ours -> isIn(packageName, ours))
                || room(user).libraries().stream().anyMatch(library -> isIn(packageName, library));
    }

    /** The module itself and everything below it. */
    private static Set<String> seenBy(String module) {
        var seen = new LinkedHashSet<String>();
        see(module, seen);
        return seen;
    }

    private static void see(String module, Set<String> seen) {
        if (seen.add(module)) {
            room(module).standsOn().forEach(below -> see(below, seen));
        }
    }

    private static Room room(String module) {
        var room = ROOMS.get(module);
        if (room == null) {
            throw new IllegalArgumentException("no module of the house: " + module);
        }
        return room;
    }

    private static boolean isIn(String packageName, String root) {
        return packageName.equals(root) || packageName.startsWith(root + ".");
    }

    private House() {}
}
