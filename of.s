0000000000256040 <_ZN8rolecall5model5index6Places2of17hcbea4d96583785b5E>:
256040 push   %rbp
256041 push   %r15
256043 push   %r14
256045 push   %r13
256047 push   %r12
256049 push   %rbx
25604a sub    $0x18,%rsp
25604e movzwl (%rdx),%r10d
256052 mov    0x10(%rsi),%r9
256056 lea    -0x1(%r9),%r11
25605a cmp    %r10,%r11
25605d mov    %r10,%rbx
256060 cmovb  %r11,%rbx
256064 cmp    %r9,%rbx
256067 jae    2561f0 0x1b0
25606d cmp    $0x7f,%r8
256071 mov    $0x7f,%eax
256076 cmovb  %r8,%rax
25607a test   %r8,%r8
25607d je     2561cb 0x18b
256083 mov    %rdx,0x8(%rsp)
256088 mov    %rsi,(%rsp)
25608c mov    0x8(%rsi),%r14
256090 shl    $0x2,%eax
256093 lea    (%rax,%rax,2),%rax
256097 mov    %rax,0x10(%rsp)
25609c lea    (%rbx,%rbx,2),%rax
2560a0 mov    (%r14,%rax,8),%r13
2560a4 xor    %r8d,%r8d
2560a7 xor    %r12d,%r12d
2560aa xor    %ebx,%ebx
2560ac nopl   0x0(%rax)
2560b0 mov    %r10d,%edx
2560b3 mov    %rbx,%rbp
2560b6 mov    %r8,%rbx
2560b9 movzwl 0x8(%rcx,%r12,1),%r10d
2560bf cmp    %r10,%r11
2560c2 mov    %r10,%rax
2560c5 cmovb  %r11,%rax
2560c9 lea    (%rax,%rax,2),%rax
2560cd mov    %eax,%r9d
2560d0 mov    (%r14,%r9,8),%rax
2560d4 mov    %rcx,%rsi
2560d7 mov    0x8(%r14,%r9,8),%r15
2560dc movzbl %bl,%r8d
2560e0 mov    0x10(%r14,%r9,8),%ecx
2560e5 mov    %ecx,(%rdi,%r8,4)
2560e9 mov    %ebp,%r8d
2560ec and    $0x7f,%r8d
2560f0 mov    %edx,%r9d
2560f3 shl    $0x10,%r9d
2560f7 or     %r10d,%r9d
2560fa mov    %r9d,0x400(%rdi,%r8,4)
256102 xor    %r8d,%r8d
256105 cmp    $0xffffffff,%ecx
256108 setne  %r8b
25610c mov    %r10d,%ecx
25610f shr    %cl,%r13
256112 mov    %edx,%ecx
256114 shr    %cl,%r15
256117 add    %rbx,%r8
25611a and    %r15d,%r13d
25611d mov    %rsi,%rcx
256120 and    $0x1,%r13d
256124 mov    %r13,%rbx
256127 add    %rbp,%rbx
25612a add    $0xc,%r12
25612e mov    %rax,%r13
256131 cmp    %r12,0x10(%rsp)
256136 jne    2560b0 0x70
25613c mov    0x8(%rsp),%rax
256141 mov    %r10w,(%rax)
256145 test   %rbx,%rbx
256148 je     2561ce 0x18e
25614e mov    (%rsp),%rdx
256152 mov    0x28(%rdx),%rax
256156 mov    0x30(%rdx),%ecx
256159 and    $0x1f,%ecx
25615c sub    $0x1,%rax
256160 jb     256203 0x1c3
256166 mov    0x20(%rdx),%rdx
25616a xor    %esi,%esi
25616c jmp    256188 0x148
25616e xchg   %ax,%ax
256170 inc    %rsi
256173 add    $0xffffffff,%r10d
256177 movzbl %r8b,%r9d
25617b mov    %r10d,(%rdi,%r9,4)
25617f adc    $0x0,%r8
256183 cmp    %rbx,%rsi
256186 je     2561ce 0x18e
256188 mov    %esi,%r9d
25618b and    $0x7f,%r9d
25618f mov    0x400(%rdi,%r9,4),%r9d
256197 imul   $0x9e3779b9,%r9d,%r14d
25619e shr    %cl,%r14d
2561a1 lea    0x1(%r14),%r11
2561a5 and    %eax,%r14d
2561a8 nopl   0x0(%rax,%rax,1)
2561b0 mov    0x4(%rdx,%r14,8),%r10d
2561b5 cmp    %r9d,(%rdx,%r14,8)
2561b9 je     256170 0x130
2561bb mov    %r11,%r14
2561be and    %rax,%r14
2561c1 inc    %r11
2561c4 test   %r10d,%r10d
2561c7 jne    2561b0 0x170
2561c9 jmp    256170 0x130
2561cb xor    %r8d,%r8d
2561ce cmp    $0xfe,%r8
2561d5 mov    $0xfe,%edx
2561da cmovb  %r8,%rdx
2561de mov    %rdi,%rax
2561e1 add    $0x18,%rsp
2561e5 pop    %rbx
2561e6 pop    %r12
2561e8 pop    %r13
2561ea pop    %r14
2561ec pop    %r15
2561ee pop    %rbp
2561ef ret
2561f0 lea    0x64bc9(%rip),%rdx        # 2badc0 0x1250
2561f7 mov    %rbx,%rdi
2561fa mov    %r9,%rsi
2561fd call   *0x7a7a5(%rip)        # 2d09a8 <_DYNAMIC+0x400>
256203 imul   $0x9e3779b9,0x400(%rdi),%edi
25620d shr    %cl,%edi
25620f lea    0x64bc2(%rip),%rdx        # 2badd8 0x1268
256216 xor    %esi,%esi
256218 call   *0x7a78a(%rip)        # 2d09a8 <_DYNAMIC+0x400>
25621e int3
25621f int3

