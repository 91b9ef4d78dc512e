namespace ExperimentFramework.DataPlane;

/// <summary>The name of a type as C# writes it, for messages.</summary>
internal static class CSharpTypeName
{
    /// <summary>Returns the keyword of a type; the name of one that has none, with its type arguments and without its namespace.</summary>
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
        Nullable.GetUnderlyingType(type) is { } value ? Of(value) + "?" :
        type.IsGenericType && type.Name.IndexOf('`', StringComparison.Ordinal) is var end and >= 0
            ? $"{type.Name[..end]}<{string.Join(", ", type.GetGenericArguments()[(type.DeclaringType?.GetGenericArguments().Length ?? 0)..].Select(Of))}>" :
        type.Name;
}
