using System.Reflection;
using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Dashboard.Tests.Snapshots;

/// <summary>Compares text with the approved one, by the conventions of Verify: <c>{Class}.{Method}.verified.txt</c>; what differs is written as <c>.received.txt</c>.</summary>
internal static class Snapshot
{
    public static async Task VerifyAsync(string text, CancellationToken cancellationToken, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        var path = Path.Combine(ProjectDirectory, "Snapshots", $"{Path.GetFileNameWithoutExtension(file)}.{method}");
        var received = path + ".received.txt";
        if (File.Exists(path + ".verified.txt") && await File.ReadAllTextAsync(path + ".verified.txt", cancellationToken) == text)
        {
            File.Delete(received);
            return;
        }

        await File.WriteAllTextAsync(received, text, cancellationToken);
        Assert.Fail($"Compare {Path.GetFileName(received)} with .verified.txt.");
    }

    /// <summary>The folder of the project.</summary>
    public static string ProjectDirectory { get; } =
        typeof(Snapshot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "ProjectDirectory").Value!;
}
