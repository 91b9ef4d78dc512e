namespace System.Runtime.CompilerServices;

/// <summary>The type that the compiler requires for records, which netstandard2.0 does not define.</summary>
internal static class IsExternalInit;
