using System.Reflection;

namespace ExperimentFramework.DataPlane.Architecture.Tests;

/// <summary>C# files by their path relative to the repository, with their text.</summary>
internal sealed class SourceTree(IReadOnlyDictionary<string, string> files)
{
    /// <summary>The folder of the repository these tests were built from.</summary>
    public static string Repository { get; } = BuildProperty("RepositoryDirectory");

    public IReadOnlyDictionary<string, string> Files { get; } = files;

    /// <summary>A property of the build that the project file passes on.</summary>
    public static string BuildProperty(string name) =>
        typeof(SourceTree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == name).Value!;

    public static string FolderOf(string file) => file[..Math.Max(file.LastIndexOf('/'), 0)];

    /// <summary>What is compiled into the product: everything but tests and samples.</summary>
    public static SourceTree OfProduct() => Of("src", "generators", "analyzers");

    /// <summary>Tests, benchmarks and what they share.</summary>
    public static SourceTree OfTests() => Of("tests");

    private static SourceTree Of(params string[] folders) => new(
        folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository, folder), "*.cs", SearchOption.AllDirectories))
            .Select(path => (Path: path, Name: Path.GetRelativePath(Repository, path).Replace('\\', '/')))
            .Where(file => !IsBuildOutput(file.Name))
            .ToDictionary(file => file.Name, file => File.ReadAllText(file.Path)));

    private static bool IsBuildOutput(string file) => file.Split('/') is var folders && (folders.Contains("bin") || folders.Contains("obj"));
}
