using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Determines whether a proxy can forward a member of a tagged interface.</summary>
/// <param name="slots">The members.</param>
/// <param name="signatures">Classifies their signatures.</param>
/// <param name="compilation">The compilation that will contain the proxy.</param>
internal sealed class MemberClassifier(InterfaceSlots slots, SignatureClassifier signatures, Compilation compilation)
{
    /// <summary>Returns what prevents forwarding the member; null if nothing does.</summary>
    public ShapeFinding? Classify(ISymbol member)
    {
        if (member is IMethodSymbol { AssociatedSymbol: not null })
        {
            // An accessor is classified with its property or event.
            return null;
        }

        if (member.IsStatic && (member.IsAbstract || member.IsVirtual) && LanguageNeeds.MissingForStatic(compilation) is { } version)
        {
            return TooOld(member, version);
        }

        if (member.IsStatic && member.IsAbstract)
        {
            return slots.IsReimplemented(member) ? null : NotForwardable(
                member,
                member is IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion }
                    ? "an operator has no instance to forward to"
                    : "a static abstract member has no instance to forward to");
        }

        if (member is IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator, IsStatic: false } && (member.IsAbstract || member.IsVirtual))
        {
            return slots.IsReimplemented(member) ? null : NotForwardable(member, "an instance operator changes a variable, but a variant is not stored in one");
        }

        return slots.IsSlot(member) ? OfSlot(member)
            : slots.IsHook(member) ? NotForwardable(
                member, $"it is {Word(member.DeclaredAccessibility)} and called by interface code that runs on the proxy, so a variant's own implementation would be ignored")
            : null;
    }

    private static ShapeFinding NotForwardable(ISymbol member, string reason) => new(ShapeFindingKind.MemberNotForwardable, member, reason);

    private ShapeFinding TooOld(ISymbol member, LanguageVersion version) => new(ShapeFindingKind.LanguageTooOld, member, LanguageNeeds.Describe(version, compilation));

    private ShapeFinding? OfSlot(ISymbol slot) => slot switch
    {
        _ when !slots.IsCallable(slot) => NotForwardable(slot, $"it is {Word(slot.DeclaredAccessibility)} and cannot be called on a variant"),
        IMethodSymbol { IsVararg: true } => NotForwardable(slot, "__arglist cannot be passed on"),
        IPropertySymbol { IsIndexer: false, Parameters.Length: > 0 } => NotForwardable(slot, "C# has no syntax for a property with parameters"),
        IPropertySymbol property when InaccessibleAccessor(property) is { } accessor => NotForwardable(
            slot, $"its {(accessor.MethodKind == MethodKind.PropertyGet ? "getter" : "setter")} is {Word(accessor.DeclaredAccessibility)} and cannot be called on a variant"),
        _ when !TypeText.IsWritable(slot.Name) && slot is not IPropertySymbol { IsIndexer: true } => NotForwardable(slot, "its name cannot be written in C#"),
        _ when signatures.Classify(slot) is { } finding => finding,
        _ when OverloadPriority.IsMisrouted(slot, compilation) => NotForwardable(slot, "an overload of higher [OverloadResolutionPriority] would be called instead"),
        _ when HasTwin(slot) => NotForwardable(slot, "another member has the same signature for these type arguments"),
        _ when SignatureTypes.HoldsPointer(slot) && compilation is CSharpCompilation { Options.AllowUnsafe: false } => new ShapeFinding(
            ShapeFindingKind.UnsafeWithoutPermission, slot, "it has a pointer in its signature and the project does not allow unsafe code"),
        _ when LanguageNeeds.MissingFor(slot, compilation) is { } version => TooOld(slot, version),
        IPropertySymbol { SetMethod.IsInitOnly: true } => new ShapeFinding(
            ShapeFindingKind.InitAccessor, slot, "a proxy cannot initialize a variant that already exists"),
        _ => null,
    };

    private IMethodSymbol? InaccessibleAccessor(IPropertySymbol property) =>
        Inaccessible(property.GetMethod) ?? Inaccessible(property.SetMethod);

    private IMethodSymbol? Inaccessible(IMethodSymbol? accessor) => InterfaceSlots.IsSlot(accessor) && !slots.IsCallable(accessor!) ? accessor : null;

    /// <summary>Two members of a generic interface may have the same signature for some type arguments: <c>M(T)</c> and <c>M(string)</c> for <c>string</c>.</summary>
    private static bool HasTwin(ISymbol slot) => slot.ContainingType.IsGenericType && slot.ContainingType.GetMembers(slot.Name).Any(other =>
        !SymbolEqualityComparer.Default.Equals(other, slot)
        && SignatureComparer.AreEqual(other, slot)
        && !SignatureComparer.AreEqual(other.OriginalDefinition, slot.OriginalDefinition));

    private static string Word(Accessibility accessibility) => accessibility switch
    {
        Accessibility.Private => "private",
        Accessibility.Protected => "protected",
        Accessibility.ProtectedAndInternal => "private protected",
        Accessibility.ProtectedOrInternal => "protected internal",
        Accessibility.Internal => "internal",
        _ => "public",
    };
}
