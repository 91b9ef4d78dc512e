using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The static files of the pages, embedded in the assembly.</summary>
internal static class Assets
{
    private static readonly FrozenDictionary<string, (string ContentType, byte[] Content)> Files = new[]
    {
        ("dashboard.css", "text/css; charset=utf-8"),
        ("dashboard.js", "text/javascript; charset=utf-8"),
        ("patch.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    }.ToFrozenDictionary(static file => file.Item1, static file => (file.Item2, Read(file.Item1)), StringComparer.Ordinal);

    /// <summary>A hash of the files, which allows browsers to cache them indefinitely.</summary>
    public static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData([.. Files.OrderBy(static file => file.Key, StringComparer.Ordinal).SelectMany(static file => file.Value.Content)]).AsSpan(0, 8));

    /// <summary>Finds a file; null if there is no file with the name.</summary>
    public static (string ContentType, byte[] Content)? Find(string? name) => name is not null && Files.TryGetValue(name, out var file) ? file : null;

    /// <summary>Returns the text of a style sheet or image, with line feeds as line endings.</summary>
    public static string Text(string name) => Encoding.UTF8.GetString(Files[name].Content).ReplaceLineEndings("\n");

    private static byte[] Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly does not contain the resource '{name}'.");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
