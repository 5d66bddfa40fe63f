package dev.orrery.channel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Orrery's own classes loaded once more, one of them with a fault: a line of its source is another,
 * compiled in memory. What runs otherwise knows nothing of faults.
 */
final class Mutant extends ClassLoader {
    private static final String OURS = "dev.orrery.";

    private final Map<String, byte[]> compiled;

    /**
     * A world with one fault.
     *
     * @param module the folder of the module whose class it is, such as {@code core}
     * @param original text that its source holds exactly once
     */
    Mutant(String module, String className, String original, String replacement)
            throws IOException {
        super(Mutant.class.getClassLoader());
        Path source =
                Path.of("..", module, "src", "main", "java", className.replace('.', '/') + ".java");
        String text = Files.readString(source);
        if (text.split(java.util.regex.Pattern.quote(original), -1).length != 2) {
            throw new IllegalStateException(source + " does not hold once: " + original);
        }
        compiled = compile(className, text.replace(original, replacement));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] mutated = compiled.get(name);
        String file = name.replace('.', '/') + ".class";
        try (InputStream in = getParent().getResourceAsStream(file)) {
            if (mutated == null && in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = mutated != null ? mutated : in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(name, unreadable);
        }
    }

    private static Map<String, byte[]> compile(String className, String text) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> written = new HashMap<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
            List<String> options =
                    List.of("-proc:none", "-cp", System.getProperty("java.class.path"));
            boolean sound =
                    compiler.getTask(
                                    null,
                                    inMemory(files, written),
                                    null,
                                    options,
                                    null,
                                    List.of(source(className, text)))
                            .call();
            if (!sound) {
                throw new IllegalStateException("the fault does not compile in " + className);
            }
        }
        Map<String, byte[]> classes = new HashMap<>();
        written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static JavaFileObject source(String className, String text) {
        URI name = URI.create("memory:///" + className.replace('.', '/') + ".java");
        return new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    private static JavaFileManager inMemory(
            StandardJavaFileManager files, Map<String, ByteArrayOutputStream> written) {
        return new ForwardingJavaFileManager<>(files) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location,
                    String className,
                    JavaFileObject.Kind kind,
                    FileObject sibling) {
                URI name = URI.create("memory:///" + className.replace('.', '/') + ".class");
                return new SimpleJavaFileObject(name, kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return written.computeIfAbsent(className, _ -> new ByteArrayOutputStream());
                    }
                };
            }
        };
    }
}
