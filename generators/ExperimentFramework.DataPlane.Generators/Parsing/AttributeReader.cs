using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads the data plane's own attributes from symbols.</summary>
internal static class AttributeReader
{
    /// <summary>Returns the attribute; null if the symbol does not have it.</summary>
    public static AttributeData? Of(ISymbol symbol, string metadataName) =>
        SymbolName.Attribute(symbol, metadataName);

    /// <summary>Returns the text that is passed to the attribute's constructor; null if there is none.</summary>
    public static string? Text(AttributeData? tag) => tag?.ConstructorArguments.FirstOrDefault().Value as string;
}
