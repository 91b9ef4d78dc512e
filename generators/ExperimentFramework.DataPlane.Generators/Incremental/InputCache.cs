using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>Caches facts about files and references for as long as they are alive.</summary>
internal sealed class InputCache
{
    private readonly ConditionalWeakTable<SyntaxTree, FileNames> _names = new();
    private readonly ConditionalWeakTable<MetadataReference, object> _identities = new();

    /// <summary>Returns the names in a file, which are read once.</summary>
    public FileNames NamesIn(SyntaxTree file) => _names.GetValue(file, static file => new FileNames(file));

    /// <summary>Returns an object that identifies a reference without keeping it alive; the reference may be the compilation of another project.</summary>
    public object IdentityOf(MetadataReference reference) => _identities.GetOrCreateValue(reference);
}
