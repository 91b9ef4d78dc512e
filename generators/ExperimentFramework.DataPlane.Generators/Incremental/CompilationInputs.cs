using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>What a compilation is made of, without the compilation: that would keep alive all it has found out.</summary>
internal sealed class CompilationInputs
{
    private readonly string? _assembly;
    private readonly CompilationOptions _options;
    private readonly ImmutableArray<object> _references;

    public CompilationInputs(CSharpCompilation compilation, InputCache known)
    {
        _assembly = compilation.AssemblyName;
        _options = compilation.Options;
        _references = [.. compilation.ExternalReferences.Select(known.IdentityOf)];
        Files = compilation.SyntaxTrees;
    }

    public ImmutableArray<SyntaxTree> Files { get; }

    /// <summary>Whether files mean the same beside each other in both.</summary>
    public bool HasSettingsOf(CompilationInputs other) =>
        _assembly == other._assembly && _options.Equals(other._options) && _references.SequenceEqual(other._references);
}
