using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>
/// Caches the models of a project's tagged interfaces until an edit affects them. After every edit the compiler passes on all interfaces with new symbols,
/// and querying these is what takes time.
/// </summary>
/// <param name="compare">Compares two states of the project.</param>
internal sealed class ProxyModelCache(Func<CompilationInputs, CompilationInputs, InputCache, CancellationToken, ChangeSet> compare)
{
    private readonly InputCache _inputCache = new();
    private readonly ConditionalWeakTable<Compilation, CompilationInputs> _inputs = new();
    private readonly ConditionalWeakTable<CompilationInputs, ConditionalWeakTable<CompilationInputs, ChangeSet>> _edits = new();
    private readonly ConditionalWeakTable<SyntaxTree, ConcurrentDictionary<int, Entry>> _proxies = new();

    /// <summary>Returns the cached model of a proxy, or reads it.</summary>
    /// <param name="declaration">The tagged declaration.</param>
    /// <param name="compilation">The compilation that contains it.</param>
    /// <param name="read">Reads the model.</param>
    /// <param name="cancellationToken">Cancels the comparison with the previous compilation.</param>
    public ProxyModel? Get(SyntaxNode declaration, Compilation compilation, Func<ProxyModel?> read, CancellationToken cancellationToken)
    {
        var file = declaration.SyntaxTree;
        var now = _inputs.GetValue(compilation, compilation => new CompilationInputs((CSharpCompilation)compilation, _inputCache));
        var inFile = _proxies.GetOrCreateValue(file);
        if (inFile.TryGetValue(declaration.SpanStart, out var known) && (known.At == now || !IsAffected(file, known, now, cancellationToken)))
        {
            inFile[declaration.SpanStart] = new Entry(known.Proxy, now);
            return known.Proxy;
        }

        var proxy = read();
        inFile[declaration.SpanStart] = new Entry(proxy, now);
        return proxy;
    }

    private bool IsAffected(SyntaxTree file, Entry known, CompilationInputs now, CancellationToken cancellationToken)
    {
        try
        {
            var edit = Since(known.At, now, cancellationToken);
            return edit.Affects(file) || edit.MayHideFrom(known.Proxy);
        }
        catch (Exception)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // If the comparison fails, everything is read again, so that no proxy is lost.
            return true;
        }
    }

    private ChangeSet Since(CompilationInputs before, CompilationInputs now, CancellationToken cancellationToken) =>
        _edits.GetOrCreateValue(now).GetValue(before, before => compare(before, now, _inputCache, cancellationToken));

    /// <param name="Proxy">The model; null if the interface cannot have a proxy.</param>
    /// <param name="At">The state of the project in which the model is valid.</param>
    private sealed record Entry(ProxyModel? Proxy, CompilationInputs At);
}
