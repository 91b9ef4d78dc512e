using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>A source generator beside the one of proxies.</summary>
/// <param name="source">What it writes; null for nothing.</param>
/// <param name="file">The name of its file.</param>
/// <param name="comment">The first line of its file.</param>
internal sealed class OtherGenerator(string? source, string file, string comment) : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(context.CompilationProvider, (output, _) =>
    {
        if (source is not null)
        {
            output.AddSource(file, comment + "\n" + source);
        }
    });
}
