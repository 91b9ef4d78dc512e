using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Tests.Snapshots;

/// <summary>
/// Compares generated files with the approved ones, by the conventions of Verify.SourceGenerators, which can take this
/// helper's place: <c>{Class}.{Method}#{HintName}.verified.cs</c> beside the test; what differs is written as
/// <c>.received.cs</c>.
/// </summary>
internal static class Snapshot
{
    public static void Verify(GeneratorDriver driver, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        var folder = Path.Combine(ProjectDirectory(), "Snapshots");
        var prefix = $"{Path.GetFileNameWithoutExtension(file)}.{method}#";
        var received = driver.GetRunResult().Results[0].GeneratedSources.ToDictionary(
            source => prefix + Path.GetFileNameWithoutExtension(source.HintName), source => source.SourceText.ToString());
        Assert.NotEmpty(received);

        var differing = new List<string>();
        foreach (var (name, text) in received)
        {
            var verified = Path.Combine(folder, name + ".verified.cs");
            var receivedFile = Path.Combine(folder, name + ".received.cs");
            if (File.Exists(verified) && File.ReadAllText(verified) == text)
            {
                File.Delete(receivedFile);
                continue;
            }

            File.WriteAllText(receivedFile, text);
            differing.Add(name);
        }

        var stale = Directory.EnumerateFiles(folder, prefix + "*.verified.cs")
            .Select(path => Path.GetFileName(path)[..^".verified.cs".Length])
            .Except(received.Keys);
        Assert.True(differing.Count == 0, $"Compare .received.cs with .verified.cs of: {string.Join(", ", differing)}");
        Assert.Empty(stale);
    }

    private static string ProjectDirectory() =>
        typeof(Snapshot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectDirectory").Value!;
}
