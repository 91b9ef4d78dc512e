using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Attributes of this project's own on a symbol.</summary>
internal static class AttributeReader
{
    /// <summary>The attribute; null where the symbol has none.</summary>
    public static AttributeData? Of(ISymbol symbol, string metadataName) =>
        SymbolName.Attribute(symbol, metadataName);

    /// <summary>The text that the attribute's constructor was given; null for none.</summary>
    public static string? Text(AttributeData? tag) => tag?.ConstructorArguments.FirstOrDefault().Value as string;
}
