using System.Reflection;

namespace ExperimentFramework.DataPlane.Tests;

/// <summary>Where the sources stand that the tests hold against the code.</summary>
internal static class Repository
{
    /// <summary>The folder of this project.</summary>
    public static string Tests { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectDirectory").Value!;

    /// <summary>The folder of the documents.</summary>
    public static string Docs { get; } = Path.GetFullPath(Path.Combine(Tests, "../../docs"));

    /// <summary>The folder of the packages' sources.</summary>
    public static string Sources { get; } = Path.GetFullPath(Path.Combine(Tests, "../../src"));
}
