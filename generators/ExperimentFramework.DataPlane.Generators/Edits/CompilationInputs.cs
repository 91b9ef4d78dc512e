using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Edits;

/// <summary>What a compilation is made of, without the compilation: that would keep alive all it has found out.</summary>
internal sealed class CompilationInputs
{
    private readonly KnownInputs _known;
    private readonly string? _assembly;
    private readonly CompilationOptions _options;
    private readonly ImmutableArray<object> _references;
    private readonly Lazy<ILookup<string, FileNames>> _filesByType;
    private readonly ConcurrentDictionary<SyntaxTree, Surroundings> _surroundings = new();

    public CompilationInputs(CSharpCompilation compilation, KnownInputs known)
    {
        _known = known;
        _assembly = compilation.AssemblyName;
        _options = compilation.Options;
        _references = [.. compilation.ExternalReferences.Select(known.IdentityOf)];
        Files = compilation.SyntaxTrees;
        _filesByType = new Lazy<ILookup<string, FileNames>>(() => Files
            .Select(known.NamesIn)
            .SelectMany(file => file.Types, (file, type) => (file, type))
            .ToLookup(declared => declared.type, declared => declared.file, StringComparer.Ordinal));
    }

    public ImmutableArray<SyntaxTree> Files { get; }

    /// <summary>The files that a file's meaning depends on.</summary>
    public Surroundings SurroundingsOf(SyntaxTree file) => _surroundings.GetOrAdd(
        file,
        file => Surroundings.Of(Files.Select(_known.NamesIn).Where(names => names.HasGlobalUsings).Append(_known.NamesIn(file)), _filesByType.Value));

    /// <summary>Whether files mean the same beside each other in both.</summary>
    public bool HasSettingsOf(CompilationInputs other) =>
        _assembly == other._assembly && _options.Equals(other._options) && _references.SequenceEqual(other._references);
}
