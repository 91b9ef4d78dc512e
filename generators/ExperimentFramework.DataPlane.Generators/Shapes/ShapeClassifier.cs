using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Says what a proxy can carry of a tagged interface. The generator writes a proxy exactly where nothing here is an error,
/// and the analyzers report exactly what is found here.
/// </summary>
public static class ShapeClassifier
{
    /// <summary>Everything that stands in the way of a proxy, or that it carries only in part.</summary>
    /// <param name="definition">The interface, not constructed.</param>
    /// <param name="compilation">Where the proxy will stand.</param>
    /// <returns>The findings; none where the proxy carries all of it.</returns>
    public static ImmutableArray<ShapeFinding> Classify(INamedTypeSymbol definition, Compilation compilation)
    {
        var findings = ImmutableArray.CreateBuilder<ShapeFinding>();
        if (ReachFault(definition, compilation) is { } reach)
        {
            findings.Add(reach);
        }

        if (definition.IsComImport)
        {
            findings.Add(new ShapeFinding(ShapeFindingKind.MemberNotForwardable, definition, "it is imported from COM"));
        }

        if (IsObsoleteError(definition))
        {
            findings.Add(new ShapeFinding(ShapeFindingKind.MemberNotForwardable, definition, "it is obsolete as an error, so no code may name it"));
        }

        foreach (var declaring in definition.AllInterfaces.Insert(0, definition))
        {
            foreach (var member in declaring.GetMembers())
            {
                if (FaultOf(member, compilation) is { } fault)
                {
                    findings.Add(fault);
                }
            }
        }

        return findings.ToImmutable();
    }

    /// <summary>Whether a finding keeps the proxy from being written.</summary>
    /// <param name="finding">The finding.</param>
    /// <returns>False for what the proxy carries in part.</returns>
    public static bool IsError(ShapeFinding finding) => finding.Kind != ShapeFindingKind.InitAccessor;

    /// <summary>Whether the member is a slot of its own that a proxy implements.</summary>
    /// <param name="member">A member of an interface.</param>
    /// <param name="compilation">Where the proxy will stand.</param>
    /// <returns>False for what is inherited as it is: static, sealed and private members, and implementations of other slots.</returns>
    public static bool IsSlot(ISymbol member, Compilation compilation) =>
        !member.IsStatic
        && (member.IsAbstract || member.IsVirtual)
        && (member.IsAbstract || IsCallable(member, compilation))
        && member switch
        {
            IMethodSymbol method => method.MethodKind == MethodKind.Ordinary && method.ExplicitInterfaceImplementations.IsEmpty,
            IPropertySymbol property => property.ExplicitInterfaceImplementations.IsEmpty,
            IEventSymbol @event => @event.ExplicitInterfaceImplementations.IsEmpty,
            _ => false,
        };

    /// <summary>Whether an accessor is part of its property's slot.</summary>
    /// <param name="accessor">A getter or setter; null for none.</param>
    /// <returns>False for none, and for one that the interface keeps to itself.</returns>
    public static bool IsSlot(IMethodSymbol? accessor) =>
        accessor is { DeclaredAccessibility: not Accessibility.Private } && (accessor.IsAbstract || accessor.IsVirtual);

    /// <summary>Whether generated code outside the interface's outer types can name it.</summary>
    /// <param name="definition">The interface.</param>
    /// <param name="compilation">Where the proxy will stand.</param>
    /// <returns>False where the proxy has to be nested in the outer types.</returns>
    public static bool IsAccessible(INamedTypeSymbol definition, Compilation compilation) =>
        compilation.IsSymbolAccessibleWithin(definition, compilation.Assembly);

    /// <summary>Whether every declaration of the type says <c>partial</c>.</summary>
    /// <param name="type">A type of the compilation.</param>
    /// <returns>False where one does not, and for a type of another assembly.</returns>
    public static bool IsPartial(INamedTypeSymbol type) =>
        !type.DeclaringSyntaxReferences.IsEmpty
        && type.DeclaringSyntaxReferences.All(reference =>
            reference.GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax declaration
            && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static ShapeFinding? ReachFault(INamedTypeSymbol definition, Compilation compilation)
    {
        for (var type = definition; type is not null; type = type.ContainingType)
        {
            if (type.IsFileLocal)
            {
                return Unreachable(type, $"'{type.Name}' is local to its file");
            }
        }

        if (IsAccessible(definition, compilation))
        {
            return null;
        }

        for (var outer = definition.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsGenericType)
            {
                return Unreachable(definition, $"it is not accessible outside the generic type '{outer.Name}'");
            }

            if (!IsPartial(outer))
            {
                return Unreachable(outer, $"it is not accessible outside '{outer.Name}', which is not partial");
            }
        }

        return definition.IsGenericType
            ? Unreachable(definition, "it is generic and not accessible where it would be closed")
            : null;
    }

    private static ShapeFinding Unreachable(ISymbol symbol, string reason) => new(ShapeFindingKind.InterfaceNotReachable, symbol, reason);

    private static ShapeFinding? FaultOf(ISymbol member, Compilation compilation)
    {
        if (member is IMethodSymbol { AssociatedSymbol: not null })
        {
            // An accessor is judged with its property or event.
            return null;
        }

        if (member.IsStatic && member.IsAbstract && member is IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion })
        {
            return NotForwardable(member, "an operator has no instance to forward to");
        }

        if (member.IsStatic && member.IsAbstract)
        {
            return NotForwardable(member, "a static abstract member has no instance to forward to");
        }

        if (member.IsAbstract && !member.IsStatic && !IsReimplementation(member) && !IsCallable(member, compilation))
        {
            return NotForwardable(member, $"it is {Word(member.DeclaredAccessibility)} and cannot be called on a variant");
        }

        if (!IsSlot(member, compilation))
        {
            return null;
        }

        return member switch
        {
            IMethodSymbol { IsVararg: true } => NotForwardable(member, "__arglist cannot be passed on"),
            IMethodSymbol method when IsMisrouted(method, method.Parameters) => NotForwardable(member, "an overload of higher [OverloadResolutionPriority] would be called in its place"),
            IPropertySymbol { IsIndexer: true } indexer when IsMisrouted(indexer, indexer.Parameters) => NotForwardable(member, "an overload of higher [OverloadResolutionPriority] would be called in its place"),
            IPropertySymbol property when InaccessibleAccessor(property, compilation) is { } accessor => NotForwardable(member, $"its {(accessor.MethodKind == MethodKind.PropertyGet ? "getter" : "setter")} is {Word(accessor.DeclaredAccessibility)} and cannot be called on a variant"),
            _ when UsesPointers(member) && compilation is CSharpCompilation { Options.AllowUnsafe: false } =>
                new ShapeFinding(ShapeFindingKind.UnsafeWithoutPermission, member, "it has a pointer in its signature and the project does not allow unsafe code"),
            IPropertySymbol { SetMethod.IsInitOnly: true } => new ShapeFinding(ShapeFindingKind.InitAccessor, member, "a proxy cannot initialize a variant that exists already"),
            _ => null,
        };
    }

    private static ShapeFinding NotForwardable(ISymbol member, string reason) => new(ShapeFindingKind.MemberNotForwardable, member, reason);

    /// <summary>Whether any signature type is a pointer, which a proxy may only name in an unsafe context.</summary>
    /// <param name="member">A member of an interface.</param>
    /// <returns>True where the implementation has to say <c>unsafe</c>.</returns>
    public static bool UsesPointers(ISymbol member) => member switch
    {
        IMethodSymbol method => HoldsPointer(method.ReturnType) || method.Parameters.Any(parameter => HoldsPointer(parameter.Type)),
        IPropertySymbol property => HoldsPointer(property.Type) || property.Parameters.Any(parameter => HoldsPointer(parameter.Type)),
        IEventSymbol @event => HoldsPointer(@event.Type),
        _ => false,
    };

    private static bool HoldsPointer(ITypeSymbol type) => type switch
    {
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => true,
        IArrayTypeSymbol array => HoldsPointer(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(HoldsPointer),
        _ => false,
    };

    private static bool IsCallable(ISymbol member, Compilation compilation) =>
        member.DeclaredAccessibility == Accessibility.Public
        || (member.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal
            && compilation.IsSymbolAccessibleWithin(member, compilation.Assembly));

    private static IMethodSymbol? InaccessibleAccessor(IPropertySymbol property, Compilation compilation) =>
        new[] { property.GetMethod, property.SetMethod }.FirstOrDefault(accessor => IsSlot(accessor) && !IsCallable(accessor!, compilation));

    private static bool IsReimplementation(ISymbol member) => member switch
    {
        IMethodSymbol method => !method.ExplicitInterfaceImplementations.IsEmpty,
        IPropertySymbol property => !property.ExplicitInterfaceImplementations.IsEmpty,
        IEventSymbol @event => !@event.ExplicitInterfaceImplementations.IsEmpty,
        _ => false,
    };

    /// <summary>Whether a call with these very arguments could bind to an overload that claims a higher priority.</summary>
    private static bool IsMisrouted(ISymbol member, ImmutableArray<IParameterSymbol> parameters)
    {
        var priority = Priority(member);
        return member.ContainingType.GetMembers(member.Name).Any(other =>
            !SymbolEqualityComparer.Default.Equals(other, member)
            && Priority(other) > priority
            && Takes(other, parameters.Length));
    }

    private static bool Takes(ISymbol overload, int count)
    {
        var parameters = overload switch
        {
            IMethodSymbol method => method.Parameters,
            IPropertySymbol property => property.Parameters,
            _ => [],
        };
        var required = parameters.Count(parameter => !parameter.IsOptional && !parameter.IsParams);
        return required <= count && (count <= parameters.Length || parameters.Any(parameter => parameter.IsParams));
    }

    private static int Priority(ISymbol member) =>
        member.GetAttributes()
            .Where(attribute => attribute.AttributeClass?.ToDisplayString() == "System.Runtime.CompilerServices.OverloadResolutionPriorityAttribute")
            .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value as int? ?? 0)
            .FirstOrDefault();

    private static bool IsObsoleteError(INamedTypeSymbol definition) =>
        definition.AllInterfaces.Insert(0, definition).Any(type => type.GetAttributes().Any(attribute =>
            attribute.AttributeClass?.ToDisplayString() == "System.ObsoleteAttribute"
            && attribute.ConstructorArguments.Length == 2
            && attribute.ConstructorArguments[1].Value is true));

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
