using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ExperimentFramework.DataPlane.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Incremental;

/// <summary>
/// What was read of the tagged interfaces of a project, for as long as no edit has reached them. The compiler hands on all of them after
/// every edit, with new symbols, and what costs is to ask those.
/// </summary>
/// <param name="compare">Compares two states of the project.</param>
internal sealed class ProxyModelCache(Func<CompilationInputs, CompilationInputs, InputCache, CancellationToken, ChangeSet> compare)
{
    private readonly InputCache _inputCache = new();
    private readonly ConditionalWeakTable<Compilation, CompilationInputs> _inputs = new();
    private readonly ConditionalWeakTable<CompilationInputs, ConditionalWeakTable<CompilationInputs, ChangeSet>> _edits = new();
    private readonly ConditionalWeakTable<SyntaxTree, ConcurrentDictionary<int, Remembered>> _proxies = new();

    /// <summary>The proxy's model as it was read, or read now.</summary>
    /// <param name="declaration">The tagged declaration.</param>
    /// <param name="compilation">Where it stands.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="cancellationToken">Ends the comparison with what was there before.</param>
    public ProxyModel? Get(SyntaxNode declaration, Compilation compilation, Func<ProxyModel?> read, CancellationToken cancellationToken)
    {
        var file = declaration.SyntaxTree;
        var now = _inputs.GetValue(compilation, compilation => new CompilationInputs((CSharpCompilation)compilation, _inputCache));
        var inFile = _proxies.GetOrCreateValue(file);
        if (inFile.TryGetValue(declaration.SpanStart, out var known) && (known.At == now || !IsReached(file, known, now, cancellationToken)))
        {
            inFile[declaration.SpanStart] = new Remembered(known.Proxy, now);
            return known.Proxy;
        }

        var proxy = read();
        inFile[declaration.SpanStart] = new Remembered(proxy, now);
        return proxy;
    }

    private bool IsReached(SyntaxTree file, Remembered known, CompilationInputs now, CancellationToken cancellationToken)
    {
        try
        {
            var edit = Since(known.At, now, cancellationToken);
            return edit.Reaches(file) || edit.MayHideFrom(known.Proxy);
        }
        catch (Exception)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // A comparison that fails costs no proxy: everything is read again.
            return true;
        }
    }

    private ChangeSet Since(CompilationInputs before, CompilationInputs now, CancellationToken cancellationToken) =>
        _edits.GetOrCreateValue(now).GetValue(before, before => compare(before, now, _inputCache, cancellationToken));

    /// <param name="Proxy">The model; null where the interface cannot be carried.</param>
    /// <param name="At">The state of the project that it is true in.</param>
    private sealed record Remembered(ProxyModel? Proxy, CompilationInputs At);
}
