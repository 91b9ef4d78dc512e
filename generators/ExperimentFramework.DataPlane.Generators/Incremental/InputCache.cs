using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>What is known of files and references for as long as they live.</summary>
internal sealed class InputCache
{
    private readonly ConditionalWeakTable<SyntaxTree, FileNames> _names = new();
    private readonly ConditionalWeakTable<MetadataReference, object> _identities = new();

    /// <summary>The names in a file, which are read once.</summary>
    public FileNames NamesIn(SyntaxTree file) => _names.GetValue(file, static file => new FileNames(file));

    /// <summary>Stands for a reference, which may be another project's compilation, without keeping it alive.</summary>
    public object IdentityOf(MetadataReference reference) => _identities.GetOrCreateValue(reference);
}
