using System.Reflection;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>The generators that are compared, as files beside the benchmark.</summary>
internal static class GeneratorFiles
{
    public static string[] Own { get; } = [InFolder("generator", "ExperimentFramework.DataPlane.Generators.dll")];

    public static string[] OwnWithAnalyzers { get; } = [.. Own, InFolder("generator", "ExperimentFramework.DataPlane.Analyzers.dll")];

    public static string[] Mapperly { get; } = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "mapperly"), "*.dll");

    public static string[] Mediator { get; } = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "mediator"), "*.dll");

    /// <summary>Makes the generators of an assembly.</summary>
    public static ISourceGenerator[] Load(string[] files)
    {
        var assemblies = files.Where(file => !Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal)).Select(Assembly.LoadFrom).ToList();
        return
        [
            .. assemblies.SelectMany(assembly => assembly.GetTypes())
                .Where(type => type.GetCustomAttribute<GeneratorAttribute>() is not null)
                .Select(type => ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator()),
        ];
    }

    private static string InFolder(string folder, string file) => Path.Combine(AppContext.BaseDirectory, folder, file);
}
