namespace ExperimentFramework.DataPlane;

/// <summary>The name of a type as C# writes it, for messages.</summary>
internal static class CSharpTypeName
{
    /// <summary>Returns the keyword of a type; the name of one that has none.</summary>
    public static string Of(Type type) =>
        type == typeof(bool) ? "bool" :
        type == typeof(char) ? "char" :
        type == typeof(sbyte) ? "sbyte" :
        type == typeof(byte) ? "byte" :
        type == typeof(short) ? "short" :
        type == typeof(ushort) ? "ushort" :
        type == typeof(int) ? "int" :
        type == typeof(uint) ? "uint" :
        type == typeof(long) ? "long" :
        type == typeof(ulong) ? "ulong" :
        type == typeof(float) ? "float" :
        type == typeof(double) ? "double" :
        type == typeof(decimal) ? "decimal" :
        type == typeof(string) ? "string" :
        type.Name;
}
