using System.Reflection;
using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Tool.Tests.Snapshots;

/// <summary>Compares output with the approved one, by the conventions of Verify: <c>{Class}.{Method}_{Case}.verified.txt</c> next to the tests; what differs is written as <c>.received.txt</c>.</summary>
internal static class Snapshot
{
    public static void Verify(string text, string name, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        var path = Path.Combine(ProjectDirectory, "Snapshots", $"{Path.GetFileNameWithoutExtension(file)}.{method}_{name}");
        var received = path + ".received.txt";
        if (File.Exists(path + ".verified.txt") && File.ReadAllText(path + ".verified.txt") == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        Assert.Fail($"Compare {Path.GetFileName(received)} with .verified.txt.");
    }

    /// <summary>The folder of the project.</summary>
    public static string ProjectDirectory { get; } =
        typeof(Snapshot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectDirectory").Value!;
}
