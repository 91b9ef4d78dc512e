using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Edits;

/// <summary>The names in files, read once for each file.</summary>
internal sealed class KnownFiles
{
    private readonly ConditionalWeakTable<SyntaxTree, FileNames> _names = new();

    public FileNames NamesIn(SyntaxTree file) => _names.GetValue(file, static file => new FileNames(file));
}
