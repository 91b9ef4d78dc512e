using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Edits;

/// <summary>What a compilation is made of, without the compilation: that would keep alive all it has found out.</summary>
internal sealed class CompilationInputs
{
    private readonly KnownFiles _names;
    private readonly string? _assembly;
    private readonly CompilationOptions _options;
    private readonly ImmutableArray<MetadataReference> _references;
    private readonly Lazy<ILookup<string, FileNames>> _filesByType;
    private readonly ConcurrentDictionary<SyntaxTree, Surroundings> _surroundings = new();
    private readonly ConditionalWeakTable<CompilationInputs, Edit> _edits = new();

    public CompilationInputs(CSharpCompilation compilation, KnownFiles names)
    {
        _names = names;
        _assembly = compilation.AssemblyName;
        _options = compilation.Options;
        _references = compilation.ExternalReferences;
        Files = compilation.SyntaxTrees;
        _filesByType = new Lazy<ILookup<string, FileNames>>(() => Files
            .Select(names.NamesIn)
            .SelectMany(file => file.Types, (file, type) => (file, type))
            .ToLookup(declared => declared.type, declared => declared.file, StringComparer.Ordinal));
    }

    public ImmutableArray<SyntaxTree> Files { get; }

    /// <summary>What led from an earlier state of the project to this one.</summary>
    public Edit Since(CompilationInputs before) => _edits.GetValue(before, before => Edit.Between(before, this, _names));

    /// <summary>The files that a file's meaning depends on.</summary>
    public Surroundings Of(SyntaxTree file) => _surroundings.GetOrAdd(
        file,
        file => Surroundings.Of(Files.Select(_names.NamesIn).Where(names => names.HasGlobalUsings).Append(_names.NamesIn(file)), _filesByType.Value));

    /// <summary>Whether files mean the same beside each other in both.</summary>
    public bool HasSettingsOf(CompilationInputs other) =>
        _assembly == other._assembly && _options.Equals(other._options) && _references.SequenceEqual(other._references);
}
