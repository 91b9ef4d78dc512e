using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Something about a tagged interface that a proxy cannot carry, or can carry only in part.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Symbol">The member, or the interface or outer type itself.</param>
/// <param name="Reason">Why, as the end of a sentence.</param>
public sealed record ShapeFinding(ShapeFindingKind Kind, ISymbol Symbol, string Reason);

/// <summary>What a proxy cannot carry.</summary>
public enum ShapeFindingKind
{
    /// <summary>A member that cannot be forwarded.</summary>
    MemberNotForwardable,

    /// <summary>An interface that generated code cannot reach.</summary>
    InterfaceNotReachable,

    /// <summary>An init accessor, which the proxy can only refuse at run time.</summary>
    InitAccessor,

    /// <summary>Pointers without permission for unsafe code.</summary>
    UnsafeWithoutPermission,

    /// <summary>A language version without something that the proxy needs.</summary>
    LanguageTooOld,

    /// <summary>An error that the compiler reports itself, such as a misspelt type or an interface that is declared twice.</summary>
    CompilerError,
}
