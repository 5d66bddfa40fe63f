package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.BadDefinition;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodecOpensTest {
    @TempDir Path directory;

    /** A record of a named module, with this in its declaration. */
    private Class<?> recordInModule(String directives, String access) throws Exception {
        var source = Files.createDirectories(directory.resolve("source/some/user"));
        Files.writeString(
                directory.resolve("source/module-info.java"),
                "module some.user { " + directives + " }");
        Files.writeString(
                source.resolve("Stop.java"),
                "package some.user; " + access + " record Stop(String iata) {}");
        var classes = directory.resolve("classes");
        var compiled =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-d",
                                classes.toString(),
                                directory.resolve("source/module-info.java").toString(),
                                source.resolve("Stop.java").toString());
        assertThat(compiled).isZero();
        var boot = ModuleLayer.boot();
        var configuration =
                boot.configuration()
                        .resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("some.user"));
        return boot.defineModulesWithOneLoader(configuration, getClass().getClassLoader())
                .findLoader("some.user")
                .loadClass("some.user.Stop");
    }

    @Test
    void closedModuleIsToldWhatToOpen() throws Exception {
        var stop = recordInModule("", "");
        assertThatThrownBy(() -> Codec.of(stop))
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("`opens some.user to dev.orrery.core;`")
                .hasMessageContaining("module-info.java of some.user");
    }

    @Test
    void openedOrExportedRecordsMap() throws Exception {
        assertThat(
                        Codec.of(recordInModule("opens some.user;", ""))
                                .fromValue(java.util.Map.of("iata", "SFO")))
                .hasToString("Stop[iata=SFO]");
    }

    @Test
    void publicRecordsOfExportedPackagesMap() throws Exception {
        var codec = Codec.of(recordInModule("exports some.user;", "public"));
        assertThat(codec.fromValue(java.util.Map.of("iata", "SFO"))).hasToString("Stop[iata=SFO]");
        assertThat(List.of(codec.type().toString())).containsExactly("Stop");
    }
}
