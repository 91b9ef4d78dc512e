using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>The inputs of a compilation, without the compilation itself, which would keep everything it has computed alive.</summary>
internal sealed class CompilationInputs
{
    private readonly string? _assembly;
    private readonly CompilationOptions _options;
    private readonly ImmutableArray<object> _references;

    public CompilationInputs(CSharpCompilation compilation, InputCache cache)
    {
        _assembly = compilation.AssemblyName;
        _options = compilation.Options;
        _references = [.. compilation.ExternalReferences.Select(cache.IdentityOf)];
        Files = compilation.SyntaxTrees;
    }

    public ImmutableArray<SyntaxTree> Files { get; }

    /// <summary>Returns whether both compilations have the same settings, so that the same files have the same meaning.</summary>
    public bool HasSettingsOf(CompilationInputs other) =>
        _assembly == other._assembly && _options.Equals(other._options) && _references.SequenceEqual(other._references);
}
