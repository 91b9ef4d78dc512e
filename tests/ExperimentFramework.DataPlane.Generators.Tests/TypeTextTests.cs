using System.Text;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>Types are written as the compiler writes them.</summary>
public sealed class TypeTextTests
{
    private const string Unusual = """
        using System;
        using System.Collections.Generic;

        namespace @class.@int
        {
            public class Outer<@event> where @event : struct
            {
                public class Inner { public class Third<T> { } }

                public enum record { }
            }

            public unsafe class Holder<T, TValue, TClass> where TValue : struct where TClass : class
            {
                public dynamic? A; public List<dynamic?>? B; public (int First, string? Second)? C; public (int, (string, T?)) D; public Tuple<int> E;
                public nint F; public nuint? G; public IntPtr H; public int*[] I; public delegate*<int, ref string?, void> J; public void* K;
                public int[]?[] L; public int[,][]? M; public string?[] N; public string?[]? O; public T?[] P; public TValue?[] Q; public TClass?[] R;
                public Outer<int>.Inner? S; public Outer<DateTime>.Inner.Third<string?> T1; public Outer<int>.record U; public Outer<int>.record? V;
                public Dictionary<string, List<TValue?>?>?[,] W; public Nullable<TValue> X; public Missing Y; public List<Missing?>? Z; public object? AA;
                public decimal? AB; public Action<T?, TClass?>? AC; public Outer<(int, nint)>.Inner? AD;
        #nullable disable
                public string AE; public List<string> AF; public T AG; public TClass[] AH; public Outer<int>.Inner AI; public List<object>[] AJ;
        #nullable restore
                public Type AK = typeof(Dictionary<,>);
            }
        }
        """;

    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
        | SymbolDisplayMiscellaneousOptions.UseSpecialTypes
        | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    [Fact]
    public void Unusual_types_are_written_as_the_compiler_writes_them()
    {
        var compilation = ProxyCompiler.Compilation(Unusual, allowUnsafe: true);
        var fields = compilation.GetTypeByMetadataName("class.int.Holder`3")!.GetMembers().OfType<IFieldSymbol>().ToList();

        Assert.Equal(37, fields.Count);
        Assert.All(fields, field => Assert.Equal(Displayed(field.Type), new TypeText().Of(field.Type)));
    }

    [Fact]
    public void The_types_of_all_signatures_of_the_platform_are_written_as_the_compiler_writes_them()
    {
        var platform = ProxyCompiler.Compilation("").GetSpecialType(SpecialType.System_Object).ContainingAssembly;
        var text = new TypeText();
        var types = Types(platform.GlobalNamespace)
            .SelectMany(type => type.GetMembers().SelectMany(member => SignatureTypes.Parameters(member).Select(parameter => parameter.Type).Append(SignatureTypes.Result(member))))
            .OfType<ITypeSymbol>()
            .ToHashSet<ITypeSymbol>(SymbolEqualityComparer.IncludeNullability);

        Assert.InRange(types.Count, 3_000, int.MaxValue);
        Assert.All(types, type => Assert.Equal(Displayed(type), text.Of(type)));
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol outer) => outer.GetMembers()
        .OfType<INamespaceOrTypeSymbol>()
        .SelectMany(inner => inner is INamedTypeSymbol type ? Types(inner).Prepend(type) : Types(inner));

    /// <summary>But for dynamic types, which would have calls bound at run time.</summary>
    private static string Displayed(ITypeSymbol type)
    {
        var text = new StringBuilder();
        foreach (var part in type.ToDisplayParts(Format))
        {
            text.Append(part switch
            {
                { Kind: SymbolDisplayPartKind.Keyword, Symbol: IDynamicTypeSymbol } => "object",
                { Symbol: ITypeParameterSymbol parameter } => TypeText.Identifier(parameter.Name),
                _ => part.ToString(),
            });
        }

        return text.ToString();
    }
}
