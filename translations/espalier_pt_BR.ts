<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="pt_BR" sourcelanguage="en">
<context>
    <name>core</name>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Receita</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Dados</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Amostras</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Acurácia</translation>
    </message>
    <message>
        <source>Δ accuracy</source>
        <translation>Δ acurácia</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Arquivo</translation>
    </message>
    <message>
        <source>Zipped</source>
        <translation>Compactado</translation>
    </message>
    <message>
        <source>Zeros</source>
        <translation>Zeros</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parâmetros</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MACs</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Este PC</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>Placa</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latência</translation>
    </message>
    <message>
        <source>Latency min</source>
        <translation>Latência mín.</translation>
    </message>
    <message>
        <source>Latency max</source>
        <translation>Latência máx.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Execuções</translation>
    </message>
    <message>
        <source>Cycles</source>
        <translation>Ciclos</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>Instruções</translation>
    </message>
    <message>
        <source>Time source</source>
        <translation>Origem do tempo</translation>
    </message>
    <message>
        <source>RAM</source>
        <translation>RAM</translation>
    </message>
    <message>
        <source>Arena</source>
        <translation>Arena</translation>
    </message>
    <message>
        <source>Stack</source>
        <translation>Pilha</translation>
    </message>
    <message>
        <source>Static RAM</source>
        <translation>RAM estática</translation>
    </message>
    <message>
        <source>Flash</source>
        <translation>Flash</translation>
    </message>
    <message>
        <source>Flash weights</source>
        <translation>Flash, pesos</translation>
    </message>
    <message>
        <source>Flash code</source>
        <translation>Flash, código</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>Energia</translation>
    </message>
    <message>
        <source>Energy source</source>
        <translation>Origem da energia</translation>
    </message>
    <message>
        <source>Fidelity</source>
        <translation>Fidelidade</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>Medido em</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Versão</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Semente</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Motivo</translation>
    </message>
    <message>
        <source>Scope</source>
        <translation>Escopo</translation>
    </message>
    <message>
        <source>Whether each layer reaches the sparsity by itself, or all layers together.</source>
        <translation>Se cada camada atinge a esparsidade por si só ou todas as camadas em conjunto.</translation>
    </message>
    <message>
        <source>Low-magnitude pruning</source>
        <translation>Poda por baixa magnitude</translation>
    </message>
    <message>
        <source>Sets the weights of smallest magnitude to zero; the file zips smaller, dense kernels run no faster.</source>
        <translation>Zera os pesos de menor magnitude; o arquivo compacta melhor, mas os kernels densos não ficam mais rápidos.</translation>
    </message>
    <message>
        <source>Sparsity</source>
        <translation>Esparsidade</translation>
    </message>
    <message>
        <source>Random pruning</source>
        <translation>Poda aleatória</translation>
    </message>
    <message>
        <source>Sets randomly chosen weights to zero: the yardstick that any pruning by importance has to beat.</source>
        <translation>Zera pesos escolhidos ao acaso: a referência que qualquer poda por importância precisa superar.</translation>
    </message>
    <message>
        <source>Share of the weights that become zero; weights that are zero already do not count.</source>
        <translation>Fração dos pesos que se tornam zero; os que já são zero não contam.</translation>
    </message>
    <message>
        <source>Share of the weights (or blocks) that become zero; 2:4 always means half of them.</source>
        <translation>Fração dos pesos (ou blocos) que se tornam zero; 2:4 significa sempre a metade.</translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation>Padrão</translation>
    </message>
    <message>
        <source>Single weights, blocks of dense layers, or two of every four inputs of an output.</source>
        <translation>Pesos isolados, blocos de camadas densas ou duas de cada quatro entradas de uma saída.</translation>
    </message>
    <message>
        <source>Block inputs</source>
        <translation>Entradas do bloco</translation>
    </message>
    <message>
        <source>Inputs that a block spans, for pattern=block.</source>
        <translation>Entradas que um bloco abrange, com pattern=block.</translation>
    </message>
    <message>
        <source>Block outputs</source>
        <translation>Saídas do bloco</translation>
    </message>
    <message>
        <source>Outputs that a block spans, for pattern=block.</source>
        <translation>Saídas que um bloco abrange, com pattern=block.</translation>
    </message>
    <message>
        <source>Block pooling</source>
        <translation>Agregação do bloco</translation>
    </message>
    <message>
        <source>Whether a block counts by its average or its largest magnitude.</source>
        <translation>Se um bloco conta pela magnitude média ou pela maior.</translation>
    </message>
    <message>
        <source>Strip masks</source>
        <translation>Retirar máscaras</translation>
    </message>
    <message>
        <source>Whether the masks are left out of the model; kept, the file grows as literature reports.</source>
        <translation>Se as máscaras ficam fora do modelo; mantidas, o arquivo cresce como relata a literatura.</translation>
    </message>
    <message>
        <source>Class-blind pruning</source>
        <translation>Poda global (class-blind)</translation>
    </message>
    <message>
        <source>Ranks the weights of all layers together and sets the smallest to zero, but for one of each unit; it holds its accuracy far longer than the same sparsity in every layer.</source>
        <translation>Ordena juntos os pesos de todas as camadas e zera os menores, exceto um de cada unidade; mantém a acurácia por muito mais tempo que a mesma esparsidade em cada camada.</translation>
    </message>
    <message>
        <source>Share of all layers&apos; weights that is zero afterwards.</source>
        <translation>Fração dos pesos de todas as camadas que fica em zero.</translation>
    </message>
    <message>
        <source>Rank by</source>
        <translation>Ordenar por</translation>
    </message>
    <message>
        <source>Magnitude itself, or magnitude in standard deviations of the layer.</source>
        <translation>A própria magnitude ou a magnitude em desvios padrão da camada.</translation>
    </message>
    <message>
        <source>Channel pruning</source>
        <translation>Poda de canais</translation>
    </message>
    <message>
        <source>Takes whole channels out of the network, through sums, concatenations and depthwise layers: file, RAM, flash and time all shrink on any engine.</source>
        <translation>Retira canais inteiros da rede, através de somas, concatenações e camadas depthwise: arquivo, RAM, flash e tempo diminuem em qualquer motor.</translation>
    </message>
    <message>
        <source>Fraction</source>
        <translation>Fração</translation>
    </message>
    <message>
        <source>Share of the channels of every group of layers that is removed.</source>
        <translation>Fração dos canais de cada grupo de camadas que é removida.</translation>
    </message>
    <message>
        <source>Criterion</source>
        <translation>Critério</translation>
    </message>
    <message>
        <source>What tells how much a channel matters: its weights, its outputs, or what the loss owes to it.</source>
        <translation>O que diz quanto um canal importa: seus pesos, suas saídas ou o que a perda deve a ele.</translation>
    </message>
    <message>
        <source>Multiple of</source>
        <translation>Múltiplo de</translation>
    </message>
    <message>
        <source>Channels that stay come in multiples of this, for kernels that like 4 or 8.</source>
        <translation>Os canais que ficam vêm em múltiplos deste número, para kernels que preferem 4 ou 8.</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Épocas</translation>
    </message>
    <message>
        <source>How often the training data is gone through to win accuracy back; 0 trains nothing.</source>
        <translation>Quantas vezes os dados de treino são percorridos para recuperar acurácia; 0 não treina nada.</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Taxa de aprendizado</translation>
    </message>
    <message>
        <source>Step size at the start; Adam usually takes 0.001.</source>
        <translation>Tamanho do passo no início; o Adam costuma usar 0.001.</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Lote</translation>
    </message>
    <message>
        <source>Samples of one step.</source>
        <translation>Amostras de um passo.</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>Otimizador</translation>
    </message>
    <message>
        <source>How steps follow from derivatives: gradient descent with momentum, or Adam with weight decay within the derivatives or apart from them.</source>
        <translation>Como os passos seguem das derivadas: descida do gradiente com momento, ou Adam com decaimento dos pesos dentro das derivadas ou à parte delas.</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>Momento</translation>
    </message>
    <message>
        <source>How much of its direction gradient descent keeps from step to step.</source>
        <translation>Quanto de sua direção a descida do gradiente mantém de passo a passo.</translation>
    </message>
    <message>
        <source>Rate over time</source>
        <translation>Taxa ao longo do tempo</translation>
    </message>
    <message>
        <source>The learning rate falls to 0 along a cosine, stays, or falls to a tenth at half of the steps and to a hundredth at three quarters.</source>
        <translation>A taxa de aprendizado cai até 0 ao longo de um cosseno, permanece, ou cai a um décimo na metade dos passos e a um centésimo em três quartos.</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>Decaimento dos pesos</translation>
    </message>
    <message>
        <source>How strongly weights are drawn to 0.</source>
        <translation>Com que força os pesos são puxados para 0.</translation>
    </message>
    <message>
        <source>Label smoothing</source>
        <translation>Suavização dos rótulos</translation>
    </message>
    <message>
        <source>Share of each label that is spread over all classes.</source>
        <translation>Parte de cada rótulo que é espalhada por todas as classes.</translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation>Aumento de dados</translation>
    </message>
    <message>
        <source>Patience</source>
        <translation>Paciência</translation>
    </message>
    <message>
        <source>Stops after so many epochs without a lower loss on a tenth of the training data that is kept back, and takes the best; 0 trains to the end.</source>
        <translation>Para após tantas épocas sem perda menor em um décimo dos dados de treino que é reservado, e fica com a melhor; 0 treina até o fim.</translation>
    </message>
    <message>
        <source>Training seed</source>
        <translation>Semente do treino</translation>
    </message>
    <message>
        <source>Seed of the order of samples and of augmentation; -1 takes the study&apos;s.</source>
        <translation>Semente da ordem das amostras e do aumento de dados; -1 usa a do estudo.</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Cronograma</translation>
    </message>
    <message>
        <source>Masks made once before training, anew at one sparsity, at a sparsity that rises along a cubic (gradual pruning), or at the start of every epoch.</source>
        <translation>Máscaras feitas uma vez antes do treino, refeitas com uma esparsidade fixa, com uma esparsidade que cresce ao longo de uma cúbica (poda gradual) ou no início de cada época.</translation>
    </message>
    <message>
        <source>First sparsity</source>
        <translation>Esparsidade inicial</translation>
    </message>
    <message>
        <source>Where the polynomial schedule begins.</source>
        <translation>Onde começa o cronograma polinomial.</translation>
    </message>
    <message>
        <source>First step</source>
        <translation>Primeiro passo</translation>
    </message>
    <message>
        <source>Step from which masks are made anew.</source>
        <translation>Passo a partir do qual as máscaras são refeitas.</translation>
    </message>
    <message>
        <source>Last step</source>
        <translation>Último passo</translation>
    </message>
    <message>
        <source>Every so many steps</source>
        <translation>A cada tantos passos</translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation>Rodadas</translation>
    </message>
    <message>
        <source>In how many steps the channels go, each followed by the epochs of training.</source>
        <translation>Em quantos passos os canais saem, cada um seguido pelas épocas de treino.</translation>
    </message>
    <message>
        <source>Fine-tuning</source>
        <translation>Ajuste fino</translation>
    </message>
    <message>
        <source>Trains the model a little longer: the control that every technique with retraining has to be compared with.</source>
        <translation>Treina o modelo um pouco mais: o controle com o qual toda técnica com retreinamento deve ser comparada.</translation>
    </message>
    <message>
        <source>Keep zeros</source>
        <translation>Manter zeros</translation>
    </message>
    <message>
        <source>Whether weights that are zero now stay zero, as pruning left them.</source>
        <translation>Se os pesos que agora são zero permanecem zero, como a poda os deixou.</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Camadas</translation>
    </message>
    <message>
        <source>Names of the layers that are changed, separated by commas; empty means all.</source>
        <translation>Nomes das camadas alteradas, separados por vírgulas; vazio significa todas.</translation>
    </message>
    <message>
        <source>Sparsity removal</source>
        <translation>Remoção da esparsidade</translation>
    </message>
    <message>
        <source>Turns the zeros of a pruned model into a network with fewer filters and retrains it: what was promised in zeros becomes file, flash and time.</source>
        <translation>Transforma os zeros de um modelo podado em uma rede com menos filtros e a retreina: o que os zeros prometiam vira arquivo, flash e tempo menores.</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modo</translation>
    </message>
    <message>
        <source>Whole filters by their surviving mass (sound), or the surviving values laid into smaller filters one after another as the paper does (literal).</source>
        <translation>Filtros inteiros pela massa que lhes restou (sound) ou os valores sobreviventes dispostos um após o outro em filtros menores, como no artigo (literal).</translation>
    </message>
    <message>
        <source>Share of the filters that goes; 0 means the share of zeros that each layer has.</source>
        <translation>Fração dos filtros que sai; 0 significa a fração de zeros que cada camada tem.</translation>
    </message>
    <message>
        <source>Depth pruning</source>
        <translation>Poda em profundidade</translation>
    </message>
    <message>
        <source>Drops the last layers and trains a small head in their place: fewer layers make small models faster on any board.</source>
        <translation>Descarta as últimas camadas e treina uma pequena cabeça no lugar delas: menos camadas tornam modelos pequenos mais rápidos em qualquer placa.</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Alvo</translation>
    </message>
    <message>
        <source>Share of the parameters that the shorter network, head included, may have.</source>
        <translation>Fração dos parâmetros que a rede mais curta pode ter, incluindo a cabeça.</translation>
    </message>
    <message>
        <source>Head width</source>
        <translation>Largura da cabeça</translation>
    </message>
    <message>
        <source>Channels of the head&apos;s 1×1 convolution.</source>
        <translation>Canais da convolução 1×1 da cabeça.</translation>
    </message>
    <message>
        <source>Sparse kernels</source>
        <translation>Kernels esparsos</translation>
    </message>
    <message>
        <source>Runs pruned dense layers and 1×1 convolutions by their non-zero weights alone on this computer, and tells what XNNPACK would do; compare the host time with the same recipe without this step.</source>
        <translation>Executa neste computador camadas densas podadas e convoluções 1×1 apenas com os pesos não nulos e diz o que o XNNPACK faria; compare o tempo no host com a mesma receita sem este passo.</translation>
    </message>
    <message>
        <source>From</source>
        <translation>A partir de</translation>
    </message>
    <message>
        <source>Share of zeros from which a layer runs sparsely.</source>
        <translation>Fração de zeros a partir da qual uma camada é executada de forma esparsa.</translation>
    </message>
    <message>
        <source>cycles by an emulator&apos;s model of the M0+, memory without wait states: a real Pico waits for its flash</source>
        <translation>ciclos segundo o modelo do M0+ de um emulador, memória sem estados de espera: um Pico real espera por sua flash</translation>
    </message>
    <message>
        <source>Only</source>
        <translation>Somente</translation>
    </message>
    <message>
        <source>All layers, or the 1×1 convolutions alone, as for XNNPACK&apos;s sparse inference.</source>
        <translation>Todas as camadas ou só as convoluções 1×1, como para a inferência esparsa do XNNPACK.</translation>
    </message>
    <message>
        <source>Whether each group of layers loses the fraction, or all compete for it: by score, or by what cutting each alone costs.</source>
        <translation>Se cada grupo de camadas perde a fração ou todos competem por ela: pela pontuação ou pelo que custa cortar cada um sozinho.</translation>
    </message>
    <message>
        <source>Distillation</source>
        <translation>Destilação</translation>
    </message>
    <message>
        <source>Trains the model on what a larger one, its teacher, makes of each sample, beside the labels.</source>
        <translation>Treina o modelo com o que um maior, seu professor, faz de cada amostra, ao lado dos rótulos.</translation>
    </message>
    <message>
        <source>Hinton et al., Distilling the knowledge in a neural network (arXiv 1503.02531)</source>
        <translation>Hinton et al., Distilling the knowledge in a neural network (arXiv 1503.02531)</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>Professor</translation>
    </message>
    <message>
        <source>The path of a float model, or original: the model before the recipe.</source>
        <translation>O caminho de um modelo float, ou original: o modelo antes da receita.</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatura</translation>
    </message>
    <message>
        <source>How much the teacher&apos;s probabilities are evened out.</source>
        <translation>Quanto as probabilidades do professor são niveladas.</translation>
    </message>
    <message>
        <source>Teacher&apos;s share</source>
        <translation>Parte do professor</translation>
    </message>
    <message>
        <source>Share of the loss that follows the teacher; the labels have the rest.</source>
        <translation>Parte da perda que segue o professor; os rótulos ficam com o resto.</translation>
    </message>
    <message>
        <source>Dynamic range</source>
        <translation>Faixa dinâmica</translation>
    </message>
    <message>
        <source>Large weights become 8-bit integers, activations stay float and are quantized while running: a small file without calibration data.</source>
        <translation>Pesos grandes viram inteiros de 8 bits; as ativações continuam em ponto flutuante e são quantizadas durante a execução: um arquivo pequeno sem dados de calibração.</translation>
    </message>
    <message>
        <source>Style</source>
        <translation>Estilo</translation>
    </message>
    <message>
        <source>As TFLite&apos;s converter does, by the settings below; or PyTorch&apos;s weights, which replace those settings: dense layers only, of any size, one scale of the largest weight / 127.5. Both run with TFLite&apos;s kernels.</source>
        <translation>Como faz o conversor do TFLite, pelas definições abaixo; ou os pesos do PyTorch, que as substituem: só camadas densas, de qualquer tamanho, com uma escala igual ao maior peso / 127,5. Ambos rodam com os kernels do TFLite.</translation>
    </message>
    <message>
        <source>Smallest layer</source>
        <translation>Menor camada</translation>
    </message>
    <message>
        <source>Layers with fewer weights than this keep them as float32.</source>
        <translation>Camadas com menos pesos do que isto os mantêm em float32.</translation>
    </message>
    <message>
        <source>Per channel</source>
        <translation>Por canal</translation>
    </message>
    <message>
        <source>Convolution weights get a scale for each output channel instead of one for the layer.</source>
        <translation>Os pesos de convolução recebem uma escala por canal de saída em vez de uma para toda a camada.</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Predefinição</translation>
    </message>
    <message>
        <source>How scales of activations follow from their ranges: as TensorFlow Lite does, or as OpenVINO does, symmetric around 0 (performance) or not (mixed).</source>
        <translation>Como as escalas das ativações seguem de suas faixas: como faz o TensorFlow Lite, ou como faz o OpenVINO, simétricas em torno de 0 (performance) ou não (mixed).</translation>
    </message>
    <message>
        <source>Bias correction</source>
        <translation>Correção de viés</translation>
    </message>
    <message>
        <source>How biases make up for the mean error of quantized weights: measured layer after layer, computed from the expected input, or measured on the mean input.</source>
        <translation>Como os vieses compensam o erro médio dos pesos quantizados: medido camada após camada, calculado da entrada esperada ou medido com a entrada média.</translation>
    </message>
    <message>
        <source>Percentile</source>
        <translation>Percentil</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Share of the values below the upper end of the range, and above the lower one, with calibration=percentile.</source>
        <translation>Proporção dos valores abaixo do limite superior da faixa, e acima do inferior, com calibration=percentile.</translation>
    </message>
    <message>
        <source>Simulated few-bit weights</source>
        <translation>Pesos simulados de poucos bits</translation>
    </message>
    <message>
        <source>Moves each layer&apos;s weights and biases to a grid of a few bits and keeps them as float32: what the accuracy would be, and a file that zips smaller, but neither a smaller file nor a faster run.</source>
        <translation>Leva os pesos e vieses de cada camada a uma grade de poucos bits e os mantém em float32: mostra qual seria a acurácia e o arquivo compacta melhor, mas não fica menor nem mais rápido.</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Grade</translation>
    </message>
    <message>
        <source>Equal steps that are a power of two, equal steps between the extremes, or steps that grow with the magnitude (log) or towards both ends (tanh).</source>
        <translation>Passos iguais que são potência de dois, passos iguais entre os extremos, ou passos que crescem com a magnitude (log) ou em direção às duas pontas (tanh).</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Bits of a weight or bias.</source>
        <translation>Bits de um peso ou viés.</translation>
    </message>
    <message>
        <source>Overflow</source>
        <translation>Estouro</translation>
    </message>
    <message>
        <source>Share of the largest values of a tensor that may be clipped, with method=linear.</source>
        <translation>Proporção dos maiores valores de um tensor que pode ser cortada, com method=linear.</translation>
    </message>
    <message>
        <source>Weight sharing</source>
        <translation>Compartilhamento de pesos</translation>
    </message>
    <message>
        <source>Each layer&apos;s weights share a few values: the file keeps its size but zips to about a third with 32 of them, and boards store short indices of them; fewer cost accuracy, which training the shared values on wins back.</source>
        <translation>Os pesos de cada camada compartilham poucos valores: o arquivo mantém o tamanho, mas compacta para cerca de um terço com 32 deles, e as placas guardam índices curtos deles; menos do que isso custa acurácia, que treinar mais os valores compartilhados recupera.</translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation>Grupos</translation>
    </message>
    <message>
        <source>How many different values the weights of a layer have.</source>
        <translation>Quantos valores diferentes os pesos de uma camada têm.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Início</translation>
    </message>
    <message>
        <source>Where the shared values start: drawn by distance, evenly over the range, by density or at random.</source>
        <translation>De onde partem os valores compartilhados: sorteados por distância, distribuídos por igual na faixa, por densidade ou ao acaso.</translation>
    </message>
    <message>
        <source>Refine</source>
        <translation>Refinar</translation>
    </message>
    <message>
        <source>Whether the shared values then move to the mean of their weights until none changes its value.</source>
        <translation>Se os valores compartilhados vão depois para a média de seus pesos até que nenhum mude de valor.</translation>
    </message>
    <message>
        <source>Whether weights that are zero stay so, with a value of their own, as after pruning.</source>
        <translation>Se os pesos que são zero continuam assim, com um valor próprio, como após a poda.</translation>
    </message>
    <message>
        <source>Cross-layer equalization</source>
        <translation>Equalização entre camadas</translation>
    </message>
    <message>
        <source>Evens out the ranges of channels between consecutive convolutions, so that one scale per layer suffices for 8 bits; the float model computes the same.</source>
        <translation>Iguala as faixas dos canais entre convoluções consecutivas, para que uma escala por camada baste para 8 bits; o modelo em ponto flutuante calcula o mesmo.</translation>
    </message>
    <message>
        <source>Replace RELU6</source>
        <translation>Substituir RELU6</translation>
    </message>
    <message>
        <source>Whether RELU6 becomes RELU first, since layers around RELU6 cannot be equalized.</source>
        <translation>Se RELU6 se torna RELU antes, já que camadas em torno de RELU6 não podem ser equalizadas.</translation>
    </message>
    <message>
        <source>Asymmetric input</source>
        <translation>Entrada assimétrica</translation>
    </message>
    <message>
        <source>Dense layers quantize their input with a zero point while running, instead of around 0.</source>
        <translation>As camadas densas quantizam sua entrada com um ponto zero durante a execução, em vez de em torno de 0.</translation>
    </message>
    <message>
        <source>Float16 weights</source>
        <translation>Pesos float16</translation>
    </message>
    <message>
        <source>Stores every constant as a 16-bit float: half the file, practically the same outputs, arithmetic still float32.</source>
        <translation>Armazena cada constante em ponto flutuante de 16 bits: metade do arquivo, praticamente as mesmas saídas, aritmética ainda em float32.</translation>
    </message>
    <message>
        <source>Full-integer int8</source>
        <translation>int8 totalmente inteiro</translation>
    </message>
    <message>
        <source>Weights, activations and arithmetic become 8-bit integers: a quarter of the file, and what microcontrollers run fastest.</source>
        <translation>Pesos, ativações e aritmética passam a inteiros de 8 bits: um quarto do arquivo, e o que os microcontroladores executam mais rápido.</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Calibração</translation>
    </message>
    <message>
        <source>How the range of each activation follows from the values that calibration samples give it.</source>
        <translation>Como a faixa de cada ativação decorre dos valores que as amostras de calibração lhe dão.</translation>
    </message>
    <message>
        <source>How many calibration samples are run, spread over those that the data set has.</source>
        <translation>Quantas amostras de calibração são executadas, espalhadas pelas que o conjunto de dados tem.</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Entrada</translation>
    </message>
    <message>
        <source>Type of the model&apos;s input; the others than int8 cost one more operator.</source>
        <translation>Tipo da entrada do modelo; os demais além de int8 custam um operador a mais.</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Saída</translation>
    </message>
    <message>
        <source>Type of the model&apos;s output; the others than int8 cost one more operator.</source>
        <translation>Tipo da saída do modelo; os demais além de int8 custam um operador a mais.</translation>
    </message>
    <message>
        <source>Comma-separated values</source>
        <translation>Valores separados por vírgula</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>LaTeX table</source>
        <translation>Tabela LaTeX</translation>
    </message>
    <message>
        <source>LaTeX table against the original</source>
        <translation>Tabela LaTeX em relação ao original</translation>
    </message>
    <message>
        <source>Markdown table</source>
        <translation>Tabela Markdown</translation>
    </message>
    <message>
        <source>Markdown table against the original</source>
        <translation>Tabela Markdown em relação ao original</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>Texto simples</translation>
    </message>
    <message>
        <source>Plain text against the original</source>
        <translation>Texto simples em relação ao original</translation>
    </message>
    <message>
        <source>TensorFlow Lite</source>
        <translation>TensorFlow Lite</translation>
    </message>
    <message>
        <source>emulated instructions, not milliseconds of a real board</source>
        <translation>instruções emuladas, não milissegundos de uma placa real</translation>
    </message>
    <message>
        <source>evaluating</source>
        <translation>avaliando</translation>
    </message>
    <message>
        <source>measured, with the chip&apos;s instruction cache on; its firmware has not yet run on hardware</source>
        <translation>medido, com o cache de instruções do chip ligado; seu firmware ainda não foi executado em hardware</translation>
    </message>
    <message>
        <source>measured; by the board&apos;s own clock, of the model that is built into its firmware</source>
        <translation>medido pelo relógio da própria placa, do modelo embutido em seu firmware</translation>
    </message>
    <message>
        <source>measured; code and weights come from flash through the chip&apos;s cache</source>
        <translation>medido; código e pesos vêm da flash através do cache do chip</translation>
    </message>
    <message>
        <source>measured; code and weights come from flash through the chip&apos;s cache; its firmware has not yet run on hardware</source>
        <translation>medido; código e pesos vêm da flash através do cache do chip; seu firmware ainda não foi executado em hardware</translation>
    </message>
    <message>
        <source>timing on this host</source>
        <translation>medindo o tempo neste PC</translation>
    </message>
    <message>
        <source>waiting for its board</source>
        <translation>aguardando a placa</translation>
    </message>
    <message>
        <source>quantize-int8 brings it to about a quarter</source>
        <translation>quantize-int8 reduz isso a cerca de um quarto</translation>
    </message>
    <message>
        <source>prune-channels, or a smaller input, brings it down</source>
        <translation>prune-channels, ou uma entrada menor, reduz isso</translation>
    </message>
    <message>
        <source>bootloader</source>
        <translation>bootloader</translation>
    </message>
    <message>
        <source>UF2 drive</source>
        <translation>unidade UF2</translation>
    </message>
    <message>
        <source>held by a program</source>
        <translation>em uso por um programa</translation>
    </message>
    <message>
        <source>not permitted</source>
        <translation>sem permissão</translation>
    </message>
    <message>
        <source>other firmware</source>
        <translation>outro firmware</translation>
    </message>
    <message>
        <source>our firmware</source>
        <translation>nosso firmware</translation>
    </message>
    <message>
        <source>Deep Compression</source>
        <translation>Deep Compression</translation>
    </message>
    <message>
        <source>Small weights become zero and the others share few values, each step retrained where epochs are given; a Huffman-coded file of them is far smaller, but no faster.</source>
        <translation>Pesos pequenos viram zero e os demais compartilham poucos valores, com retreino após cada passo quando há épocas; um arquivo em código de Huffman fica bem menor, mas não mais rápido.</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualidade</translation>
    </message>
    <message>
        <source>Weights below so many standard deviations of their layer become zero.</source>
        <translation>Pesos abaixo de tantos desvios-padrão da sua camada viram zero.</translation>
    </message>
    <message>
        <source>Bits in convolutions</source>
        <translation>Bits nas convoluções</translation>
    </message>
    <message>
        <source>A layer&apos;s weights share 2^bits values, zero among them.</source>
        <translation>Os pesos de uma camada compartilham 2^bits valores, entre eles o zero.</translation>
    </message>
    <message>
        <source>Bits in dense layers</source>
        <translation>Bits nas camadas densas</translation>
    </message>
    <message>
        <source>The same for fully connected layers.</source>
        <translation>O mesmo para as camadas totalmente conectadas.</translation>
    </message>
    <message>
        <source>Huffman-packed model</source>
        <translation>Modelo compactado com Huffman</translation>
    </message>
    <message>
        <source>Quantization-aware training</source>
        <translation>Treinamento ciente da quantização</translation>
    </message>
    <message>
        <source>Trains the model on with the rounding of its integer form in every step, so that weights settle where few bits suffice; the result is that integer form.</source>
        <translation>Continua a treinar o modelo com os arredondamentos de sua forma inteira em cada passo, para que os pesos se acomodem onde poucos bits bastam; o resultado é essa forma inteira.</translation>
    </message>
    <message>
        <source>Weight bits</source>
        <translation>Bits dos pesos</translation>
    </message>
    <message>
        <source>Bits of each weight.</source>
        <translation>Bits de cada peso.</translation>
    </message>
    <message>
        <source>Activation bits</source>
        <translation>Bits das ativações</translation>
    </message>
    <message>
        <source>Bits of each activation that is never negative, such as those behind a ReLU; the others and the input have 8.</source>
        <translation>Bits de cada ativação que nunca é negativa, como as que vêm depois de uma ReLU; as outras e a entrada têm 8.</translation>
    </message>
    <message>
        <source>Largest drop</source>
        <translation>Maior queda</translation>
    </message>
    <message>
        <source>By how much accuracy may fall on validation samples, where 0.01 is a point; the layers that cost most stay float until it does not. 1 lets it fall.</source>
        <translation>Quanto a acurácia pode cair nas amostras de validação, onde 0.01 é um ponto; as camadas que mais custam ficam em ponto flutuante até que isso não ocorra. 1 deixa cair.</translation>
    </message>
    <message>
        <source>Bits by sensitivity</source>
        <translation>Bits por sensibilidade</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamanho</translation>
    </message>
    <message>
        <source>Share of the bits of 8-bit weights that may be used.</source>
        <translation>Parte dos bits de pesos de 8 bits que pode ser usada.</translation>
    </message>
    <message>
        <source>MAC bits</source>
        <translation>Bits de MAC</translation>
    </message>
    <message>
        <source>The same of multiply-accumulates, each counted with the bits of its weight; 1 leaves them free.</source>
        <translation>O mesmo para multiplicações-acumulações, cada uma contada com os bits de seu peso; 1 as deixa livres.</translation>
    </message>
    <message>
        <source>Binary weights</source>
        <translation>Pesos binários</translation>
    </message>
    <message>
        <source>Keep ends</source>
        <translation>Manter extremos</translation>
    </message>
    <message>
        <source>Whether the first and the last layer keep their weights.</source>
        <translation>Se a primeira e a última camada mantêm seus pesos.</translation>
    </message>
    <message>
        <source>Rounding</source>
        <translation>Arredondamento</translation>
    </message>
    <message>
        <source>Whether weights go to the nearest step, or each to the one of its two neighbours that keeps the layer&apos;s output on calibration samples (AdaRound).</source>
        <translation>Se cada peso vai ao degrau mais próximo ou àquele dos dois vizinhos que preserva a saída da camada nas amostras de calibração (AdaRound).</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>Iterações</translation>
    </message>
    <message>
        <source>Steps in which AdaRound learns each layer; 0: 10000, below 8 bits 15000.</source>
        <translation>Passos em que o AdaRound aprende cada camada; 0: 10000, abaixo de 8 bits 15000.</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Pular</translation>
    </message>
    <message>
        <source>Whether the layer is left as it is.</source>
        <translation>Se a camada fica como está.</translation>
    </message>
    <message>
        <source>Range decay</source>
        <translation>Decaimento da faixa</translation>
    </message>
    <message>
        <source>How much of an activation&apos;s range stays at each step; the rest comes from the step.</source>
        <translation>Quanto da faixa de uma ativação permanece a cada passo; o resto vem do passo.</translation>
    </message>
    <message>
        <source>At most so many calibration samples, which give the first ranges.</source>
        <translation>No máximo tantas amostras de calibração, que dão as primeiras faixas.</translation>
    </message>
    <message>
        <source>Low-magnitude pruning as TF-MOT leaves it</source>
        <translation>Poda de baixa magnitude como o TF-MOT a deixa</translation>
    </message>
    <message>
        <source>Pruning for XNNPACK&apos;s sparse inference</source>
        <translation>Poda para a inferência esparsa do XNNPACK</translation>
    </message>
    <message>
        <source>Random unstructured pruning</source>
        <translation>Poda aleatória não estruturada</translation>
    </message>
    <message>
        <source>One-shot channel pruning</source>
        <translation>Poda de canais de uma só vez</translation>
    </message>
    <message>
        <source>Pruned, reshaped, full-integer int8</source>
        <translation>Podado, remodelado, int8 inteiro</translation>
    </message>
    <message>
        <source>Post-training full-integer int8</source>
        <translation>int8 inteiro após o treinamento</translation>
    </message>
    <message>
        <source>Linear quantization as pytorch-playground does it</source>
        <translation>Quantização linear como a do pytorch-playground</translation>
    </message>
    <message>
        <source>Half the channels, then quantization-aware training</source>
        <translation>Metade dos canais, depois treinamento ciente da quantização</translation>
    </message>
    <message>
        <source>Half the channels, then static int8</source>
        <translation>Metade dos canais, depois int8 estático</translation>
    </message>
    <message>
        <source>Loureiro et al., Table 2: pruning</source>
        <translation>Loureiro et al., tabela 2: poda</translation>
    </message>
    <message>
        <source>Loureiro et al., Table 3: quantization</source>
        <translation>Loureiro et al., tabela 3: quantização</translation>
    </message>
    <message>
        <source>Audi et al., Table 1: a pruned, reshaped and quantized 1D-CNN</source>
        <translation>Audi et al., tabela 1: uma 1D-CNN podada, remodelada e quantizada</translation>
    </message>
    <message>
        <source>Audi et al., Table 2: the same models on a board</source>
        <translation>Audi et al., tabela 2: os mesmos modelos em uma placa</translation>
    </message>
    <message>
        <source>PyTorch&apos;s dynamic quantization</source>
        <translation>Quantização dinâmica do PyTorch</translation>
    </message>
    <message>
        <source>Equalized, tf_enhanced, bias corrected</source>
        <translation>Equalizado, tf_enhanced, viés corrigido</translation>
    </message>
    <message>
        <source>OpenVINO&apos;s post-training int8</source>
        <translation>int8 após o treinamento como o do OpenVINO</translation>
    </message>
    <message>
        <source>building the firmware</source>
        <translation>compilando o firmware</translation>
    </message>
    <message>
        <source>clustering</source>
        <translation>agrupando</translation>
    </message>
    <message>
        <source>comparing layers</source>
        <translation>comparando camadas</translation>
    </message>
    <message>
        <source>copying to the board&apos;s drive</source>
        <translation>copiando para a unidade da placa</translation>
    </message>
    <message>
        <source>cutting one group at a time</source>
        <translation>cortando um grupo por vez</translation>
    </message>
    <message>
        <source>entering the bootloader</source>
        <translation>entrando no bootloader</translation>
    </message>
    <message>
        <source>equalizing</source>
        <translation>equalizando</translation>
    </message>
    <message>
        <source>looking at channels</source>
        <translation>examinando canais</translation>
    </message>
    <message>
        <source>measuring layers</source>
        <translation>medindo camadas</translation>
    </message>
    <message>
        <source>ranking layers</source>
        <translation>ordenando camadas</translation>
    </message>
    <message>
        <source>looking for the layer that differs</source>
        <translation>procurando a camada que difere</translation>
    </message>
    <message>
        <source>pruning one layer at a time</source>
        <translation>podando uma camada por vez</translation>
    </message>
    <message>
        <source>quantizing</source>
        <translation>quantizando</translation>
    </message>
    <message>
        <source>reading flash back</source>
        <translation>relendo a flash</translation>
    </message>
    <message>
        <source>reading rows</source>
        <translation>lendo linhas</translation>
    </message>
    <message>
        <source>reading samples</source>
        <translation>lendo amostras</translation>
    </message>
    <message>
        <source>rounding</source>
        <translation>arredondando</translation>
    </message>
    <message>
        <source>running on the board</source>
        <translation>executando na placa</translation>
    </message>
    <message>
        <source>sending the plan</source>
        <translation>enviando o plano</translation>
    </message>
    <message>
        <source>sharing weights</source>
        <translation>compartilhando pesos</translation>
    </message>
    <message>
        <source>starting the board</source>
        <translation>iniciando a placa</translation>
    </message>
    <message>
        <source>timing</source>
        <translation>medindo o tempo</translation>
    </message>
    <message>
        <source>training</source>
        <translation>treinando</translation>
    </message>
    <message>
        <source>validating on the board</source>
        <translation>validando na placa</translation>
    </message>
    <message>
        <source>waiting for the board to start</source>
        <translation>esperando a placa iniciar</translation>
    </message>
    <message>
        <source>writing flash</source>
        <translation>gravando a flash</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Camada</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Tipo</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Pesos</translation>
    </message>
    <message>
        <source>Holds to</source>
        <translation>Aguenta até</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Range from</source>
        <translation>Faixa de</translation>
    </message>
    <message>
        <source>to</source>
        <translation>até</translation>
    </message>
    <message>
        <source>Test from</source>
        <translation>Teste de</translation>
    </message>
    <message>
        <source>Clipped</source>
        <translation>Cortado</translation>
    </message>
    <message>
        <source>Bits used</source>
        <translation>Bits usados</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>Desvio</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>Cosseno</translation>
    </message>
    <message>
        <source>Max error</source>
        <translation>Erro máximo</translation>
    </message>
    <message>
        <source>Alone</source>
        <translation>Isolada</translation>
    </message>
    <message>
        <source>Alone max error</source>
        <translation>Erro máximo isolada</translation>
    </message>
    <message>
        <source>If kept</source>
        <translation>Se mantida</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Linha</translation>
    </message>
    <message>
        <source>paper</source>
        <translation>artigo</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Época</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Perda</translation>
    </message>
    <message>
        <source>Kept back</source>
        <translation>Reservadas</translation>
    </message>
    <message>
        <source>Integer with 4-bit weights</source>
        <translation>Inteiro com pesos de 4 bits</translation>
    </message>
    <message>
        <source>Int16 activations, int8 weights</source>
        <translation>Ativações int16, pesos int8</translation>
    </message>
    <message>
        <source>Weights become 8-bit integers and activations 16-bit ones: nearly the accuracy of floats in a quarter of the file, for twice the memory of int8 and a slower run.</source>
        <translation>Os pesos viram inteiros de 8 bits e as ativações, de 16: quase a acurácia de ponto flutuante em um quarto do arquivo, pelo dobro da memória de int8 e uma execução mais lenta.</translation>
    </message>
    <message>
        <source>Type of the model&apos;s input; float costs one more operator.</source>
        <translation>Tipo da entrada do modelo; float custa um operador a mais.</translation>
    </message>
    <message>
        <source>Type of the model&apos;s output; float costs one more operator.</source>
        <translation>Tipo da saída do modelo; float custa um operador a mais.</translation>
    </message>
    <message>
        <source>Weights get a scale for each output channel instead of one for the layer.</source>
        <translation>Os pesos ganham uma escala para cada canal de saída em vez de uma para a camada.</translation>
    </message>
    <message>
        <source>estimating cycles</source>
        <translation>estimando ciclos</translation>
    </message>
    <message>
        <source>Trains the model on with weights that are a sign times a scale for each output channel, and activations of two values where asked for; the first and the last layer keep their weights.</source>
        <translation>Continua o treino do modelo com pesos que são um sinal vezes uma escala para cada canal de saída, e ativações de dois valores onde for pedido; a primeira e a última camada mantêm seus pesos.</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Ativações</translation>
    </message>
    <message>
        <source>Whether what one layer hands to the next takes two values too; each layer is normalized over its batch while it trains.</source>
        <translation>Se o que uma camada passa à seguinte também toma dois valores; cada camada é normalizada sobre o seu lote durante o treino.</translation>
    </message>
    <message>
        <source>Weights become 4-bit integers, two to a byte in the file and in flash; activations are int8. An eighth of the weights&apos; size, at a cost in accuracy, which groups lower.</source>
        <translation>Os pesos viram inteiros de 4 bits, dois por byte no arquivo e na flash; as ativações são int8. Um oitavo do tamanho dos pesos, a um custo em acurácia, que grupos reduzem.</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Grupo</translation>
    </message>
    <message>
        <source>So many neighbouring weights of an output share a 4-bit multiple of its scale.</source>
        <translation>Quantos pesos vizinhos de uma saída compartilham um múltiplo de 4 bits da sua escala.</translation>
    </message>
    <message>
        <source>Passes</source>
        <translation>Passagens</translation>
    </message>
    <message>
        <source>How often all pairs of layers are equalized at most; it ends when nothing changes. AIMET makes one pass, Nagel et al. go on until it settles.</source>
        <translation>Quantas vezes, no máximo, todos os pares de camadas são equalizados; termina quando nada mais muda. O AIMET faz uma passagem; Nagel et al. continuam até estabilizar.</translation>
    </message>
    <message>
        <source>Absorb high biases</source>
        <translation>Absorver vieses altos</translation>
    </message>
    <message>
        <source>Whether what a channel has in nearly every calibration sample (three deviations below its mean) moves into the bias of the next layer, so that the range between them gets smaller. Outputs differ a little where a value is lower than that, or at a border padded with zeros.</source>
        <translation>Se o que um canal tem em quase toda amostra de calibração (três desvios abaixo da média) passa para o viés da camada seguinte, de modo que a faixa entre elas diminua. As saídas diferem um pouco onde um valor é menor que isso, ou numa borda preenchida com zeros.</translation>
    </message>
    <message>
        <source>Full-integer int8 whose layers have as many bits for their weights, 2 to 8, and for their activations, 8 or 16, as budgets allow and the output needs: measured layer by layer, chosen together.</source>
        <translation>int8 totalmente inteiro cujas camadas têm tantos bits para os pesos, de 2 a 8, e para as ativações, 8 ou 16, quantos os orçamentos permitem e a saída precisa: medido camada por camada, escolhido em conjunto.</translation>
    </message>
    <message>
        <source>How much of activations may live at once. What is left beyond int8 goes to int16 activations where int8 ones change the output the most; 0: int8 everywhere.</source>
        <translation>Quanto das ativações pode existir ao mesmo tempo. O que sobra além de int8 vai para ativações int16 onde as de int8 mais mudam a saída; 0: int8 em tudo.</translation>
    </message>
    <message>
        <source>What the data and the result of the layer are: int16 costs twice the memory, and a QUANTIZE where it meets int8, which TensorFlow Lite Micro runs and TensorFlow Lite on a PC does not.</source>
        <translation>O que são os dados e o resultado da camada: int16 custa o dobro da memória e um QUANTIZE onde encontra int8, que o TensorFlow Lite Micro executa e o TensorFlow Lite num PC não.</translation>
    </message>
    <message>
        <source>If int16</source>
        <translation>Se int16</translation>
    </message>
    <message>
        <source>KiB</source>
        <translation>KiB</translation>
    </message>
    <message>
        <source>measuring activations</source>
        <translation>medindo ativações</translation>
    </message>
    <message>
        <source>Nesterov</source>
        <translation>Nesterov</translation>
    </message>
    <message>
        <source>Whether gradient descent looks one step of momentum ahead.</source>
        <translation>Se a descida do gradiente olha um passo de momento adiante.</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>Aquecimento</translation>
    </message>
    <message>
        <source>Share of the steps in which the learning rate grows from 0.</source>
        <translation>Parte dos passos em que a taxa de aprendizado cresce a partir de 0.</translation>
    </message>
    <message>
        <source>Clip norm</source>
        <translation>Limite da norma</translation>
    </message>
    <message>
        <source>Derivatives of a larger norm are scaled down to it; 0 leaves them.</source>
        <translation>Derivadas de norma maior são reduzidas a ela; 0 as deixa.</translation>
    </message>
    <message>
        <source>How samples vary each time they are seen: images moved by up to 2 pixels, and mirrored, and with a square of 8 pixels blanked; series with noise of 0.05, scaled by up to a tenth and moved by up to 4 steps.</source>
        <translation>Como as amostras variam a cada vez que são vistas: imagens deslocadas em até 2 pixels, e espelhadas, e com um quadrado de 8 pixels apagado; séries com ruído de 0,05, escaladas em até um décimo e deslocadas em até 4 passos.</translation>
    </message>
    <message>
        <source>Step up to which they are; -1 means three quarters of the training, or with schedule=constant all of it.</source>
        <translation>Passo até o qual são; -1 significa três quartos do treinamento, ou com schedule=constant todo ele.</translation>
    </message>
    <message>
        <source>Steps between two new masks; -1 means 100, but at most a tenth of the way from first to last.</source>
        <translation>Passos entre duas novas máscaras; -1 significa 100, mas no máximo um décimo do caminho do primeiro ao último.</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Potência</translation>
    </message>
    <message>
        <source>Of the polynomial; 3 is gradual pruning&apos;s cubic.</source>
        <translation>Do polinômio; 3 é a cúbica da poda gradual.</translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation>Tolerância</translation>
    </message>
    <message>
        <source>Accuracy that may be lost on a tenth of the training samples, kept back: rounds of pruning and training go on within it, up to the sparsity; 0 prunes once.</source>
        <translation>Acurácia que pode ser perdida em um décimo das amostras de treinamento, reservado: rodadas de poda e treinamento seguem dentro dela, até a esparsidade; 0 poda uma vez.</translation>
    </message>
    <message>
        <source>Share of a round</source>
        <translation>Parte de uma rodada</translation>
    </message>
    <message>
        <source>Share of the weights left that goes in each round, where there is a tolerance.</source>
        <translation>Parte dos pesos restantes que sai em cada rodada, quando há tolerância.</translation>
    </message>
    <message>
        <source>How the fraction is spread over the rounds: each takes the same share of what is left, or along the cubic of gradual pruning.</source>
        <translation>Como a fração se distribui pelas rodadas: cada uma tira a mesma parte do que resta, ou ao longo da cúbica da poda gradual.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::Analysis</name>
    <message>
        <source>&amp;Calibration Doctor</source>
        <translation>Médico da &amp;calibração</translation>
    </message>
    <message>
        <source>Do the calibration data suit the model?</source>
        <translation>Os dados de calibração servem ao modelo?</translation>
    </message>
    <message>
        <source>Ranges of every tensor on calibration and on test data, what would be clipped, how many of the 256 levels are used, and how many samples give the ranges.</source>
        <translation>Faixas de cada tensor nos dados de calibração e de teste, o que seria cortado, quantos dos 256 níveis são usados e quantas amostras bastam para as faixas.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Samples, at most</source>
        <translation>Amostras, no máximo</translation>
    </message>
    <message>
        <source>Examine</source>
        <translation>Examinar</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Calibration samples</source>
        <translation>Amostras de calibração</translation>
    </message>
    <message>
        <source>Share of the final ranges (%)</source>
        <translation>Parte das faixas finais (%)</translation>
    </message>
    <message>
        <source>ranges</source>
        <translation>faixas</translation>
    </message>
    <message>
        <source>&amp;Error Debugger</source>
        <translation>Depurador de &amp;erros</translation>
    </message>
    <message>
        <source>Where does a variant part from the original?</source>
        <translation>Onde uma variante se afasta do original?</translation>
    </message>
    <message>
        <source>Signal to quantization noise of every layer, from the input on and alone, and the accuracy that the worst layers would give back.</source>
        <translation>Relação sinal-ruído de quantização de cada camada, desde a entrada e isolada, e a acurácia que as piores camadas devolveriam.</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Amostras</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Comparar</translation>
    </message>
    <message>
        <source>Layer, in the order they run</source>
        <translation>Camada, na ordem em que executam</translation>
    </message>
    <message>
        <source>Signal to noise (dB)</source>
        <translation>Sinal-ruído (dB)</translation>
    </message>
    <message>
        <source>breaks below</source>
        <translation>quebra abaixo</translation>
    </message>
    <message>
        <source>from the input on</source>
        <translation>desde a entrada</translation>
    </message>
    <message>
        <source>alone</source>
        <translation>isolada</translation>
    </message>
    <message>
        <source>&amp;Reproduce a Paper&apos;s Table</source>
        <translation>&amp;Reproduzir a tabela de um artigo</translation>
    </message>
    <message>
        <source>Reproduce a paper&apos;s table</source>
        <translation>Reproduzir a tabela de um artigo</translation>
    </message>
    <message>
        <source>Trains the table&apos;s networks on the open data, makes every row&apos;s variant, and sets our figures beside the published ones. All samples take minutes to hours; a few thousand show how it works.</source>
        <translation>Treina as redes da tabela com os dados abertos, faz a variante de cada linha e põe os nossos números ao lado dos publicados. Com todas as amostras leva de minutos a horas; alguns milhares mostram como funciona.</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabela</translation>
    </message>
    <message>
        <source>Reproduce</source>
        <translation>Reproduzir</translation>
    </message>
    <message>
        <source>Open data to train on first.</source>
        <translation>Abra primeiro dados para treinar.</translation>
    </message>
    <message>
        <source>&amp;Pruning Sensitivity</source>
        <translation>Sensibilidade à &amp;poda</translation>
    </message>
    <message>
        <source>Which layers can be pruned?</source>
        <translation>Quais camadas podem ser podadas?</translation>
    </message>
    <message>
        <source>Each layer alone is pruned more and more, without retraining. Layers whose line stays up can lose weights for free.</source>
        <translation>Cada camada sozinha é podada cada vez mais, sem novo treino. As camadas cuja linha se mantém no alto podem perder pesos sem custo.</translation>
    </message>
    <message>
        <source>Technique</source>
        <translation>Técnica</translation>
    </message>
    <message>
        <source>Test samples</source>
        <translation>Amostras de teste</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Medir</translation>
    </message>
    <message>
        <source>Pruned (%)</source>
        <translation>Podado (%)</translation>
    </message>
    <message>
        <source>Accuracy (%)</source>
        <translation>Acurácia (%)</translation>
    </message>
    <message>
        <source>whole model</source>
        <translation>modelo inteiro</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Abra primeiro um modelo.</translation>
    </message>
    <message>
        <source>Open data for the model first.</source>
        <translation>Abra primeiro dados para o modelo.</translation>
    </message>
    <message>
        <source>&amp;Train a Model</source>
        <translation>&amp;Treinar um modelo</translation>
    </message>
    <message>
        <source>Train a model on these data</source>
        <translation>Treinar um modelo com estes dados</translation>
    </message>
    <message>
        <source>A network from nothing, with a tenth of the training samples kept back to judge each epoch. Save what comes out and open it as the original of a study.</source>
        <translation>Uma rede a partir do zero, com um décimo das amostras de treino reservado para avaliar cada época. Salve o resultado e abra-o como o original de um estudo.</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Rede</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Épocas</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Treinar</translation>
    </message>
    <message>
        <source>These data have no training samples.</source>
        <translation>Estes dados não têm amostras de treino.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::AnalysisView</name>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>Save Model…</source>
        <translation>Salvar modelo…</translation>
    </message>
    <message>
        <source>Table…</source>
        <translation>Tabela…</translation>
    </message>
    <message>
        <source>Plot as Picture…</source>
        <translation>Gráfico como imagem…</translation>
    </message>
</context>
<context>
    <name>espalier::ui::AnalysisWindow</name>
    <message>
        <source>Another File…</source>
        <translation>Outro arquivo…</translation>
    </message>
    <message>
        <source>Another Form of the Model</source>
        <translation>Outra forma do modelo</translation>
    </message>
    <message>
        <source>TensorFlow Lite models (*.tflite)</source>
        <translation>Modelos TensorFlow Lite (*.tflite)</translation>
    </message>
    <message>
        <source>Comma-separated values (*.csv)</source>
        <translation>Valores separados por vírgulas (*.csv)</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>LaTeX (*.tex)</source>
        <translation>LaTeX (*.tex)</translation>
    </message>
    <message>
        <source>Export the Table</source>
        <translation>Exportar a tabela</translation>
    </message>
    <message>
        <source>Export the Plot</source>
        <translation>Exportar o gráfico</translation>
    </message>
    <message>
        <source>Picture (*.png)</source>
        <translation>Imagem (*.png)</translation>
    </message>
    <message>
        <source>“%1” cannot be written: choose another folder.</source>
        <translation>“%1” não pode ser gravado: escolha outra pasta.</translation>
    </message>
    <message>
        <source>Save the Model</source>
        <translation>Salvar o modelo</translation>
    </message>
</context>
<context>
    <name>espalier::ui::BoardCard</name>
    <message>
        <source>Boards</source>
        <translation>Placas</translation>
    </message>
    <message>
        <source>Let Me Use Boards…</source>
        <translation>Permitir o uso de placas…</translation>
    </message>
    <message>
        <source>Installs the udev rule that permits it; asks for the administrator&apos;s password</source>
        <translation>Instala a regra do udev que o permite; pede a senha do administrador</translation>
    </message>
    <message>
        <source>✓ %1, %2 (%3)</source>
        <extracomment>A board that can be used: %1 its name, %2 its state, %3 where it is plugged in</extracomment>
        <translation>✓ %1, %2 (%3)</translation>
    </message>
    <message>
        <source>✗ %1, %2 (%3): %4</source>
        <extracomment>A board that cannot be used as it is: %1 its name, %2 its state, %3 where it is plugged in, %4 what helps</extracomment>
        <translation>✗ %1, %2 (%3): %4</translation>
    </message>
</context>
<context>
    <name>espalier::ui::BoardFits</name>
    <message>
        <source>✗ too large for %1: constants of %2, flash of %3</source>
        <translation>✗ grande demais para %1: constantes de %2, flash de %3</translation>
    </message>
    <message>
        <source>✗ too large for %1: activations of %2, RAM of %3</source>
        <translation>✗ grande demais para %1: ativações de %2, RAM de %3</translation>
    </message>
    <message>
        <source>✗ cannot run on %1: %2</source>
        <extracomment>%1 is a list of boards, %2 a reason</extracomment>
        <translation>✗ não pode executar em %1: %2</translation>
    </message>
    <message>
        <source>✓ fits %1</source>
        <translation>✓ cabe em %1</translation>
    </message>
    <message>
        <source>→ %1</source>
        <extracomment>what would make a model fit, %1 such as &quot;quantize-int8 brings it to about a quarter&quot;</extracomment>
        <translation>→ %1</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>cabe</translation>
    </message>
    <message>
        <source>✓ fits every known board</source>
        <translation>✓ cabe em todas as placas conhecidas</translation>
    </message>
    <message>
        <source>✗ cannot be measured on %1</source>
        <extracomment>%1 is a list of boards that the model fits on; the tooltip says why</extracomment>
        <translation>✗ não pode ser medido em %1</translation>
    </message>
</context>
<context>
    <name>espalier::ui::BudgetForm</name>
    <message>
        <source>What a variant may cost, and has to reach</source>
        <translation>O que uma variante pode custar e precisa alcançar</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>no máximo</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>no mínimo</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <extracomment>a limit of a budget: %1 is a figure, %2 &quot;at most&quot; or &quot;at least&quot;</extracomment>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ComparisonHeader</name>
    <message>
        <source>Columns</source>
        <translation>Colunas</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ComparisonTable</name>
    <message>
        <source>Comparison</source>
        <translation>Comparação</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ComparisonView</name>
    <message>
        <source>Figures</source>
        <translation>Valores</translation>
    </message>
    <message>
        <source>Against the original</source>
        <translation>Em relação ao original</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>Comparação</translation>
    </message>
    <message>
        <source>The figures as they were measured</source>
        <translation>Os valores como foram medidos</translation>
    </message>
    <message>
        <source>Each figure against the original&apos;s, as papers print it: 75% ↓, 1.94x ↑</source>
        <translation>Cada valor em relação ao original, como os artigos publicam: 75% ↓, 1.94x ↑</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Colunas</translation>
    </message>
    <message>
        <source>The Usual Columns</source>
        <translation>As colunas usuais</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Orçamento</translation>
    </message>
    <message>
        <source>Limits that a variant has to keep, such as the flash of a board</source>
        <translation>Limites que uma variante precisa respeitar, como a flash de uma placa</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n variant(s) within the budget.</source>
        <extracomment>how many rows keep all limits: %1 of %n</extracomment>
        <translation>
            <numerusform>%1 de %n variante dentro do orçamento.</numerusform>
            <numerusform>%1 de %n variantes dentro do orçamento.</numerusform>
        </translation>
    </message>
    <message>
        <source>The best is &lt;b&gt;%1&lt;/b&gt;.</source>
        <translation>A melhor é &lt;b&gt;%1&lt;/b&gt;.</translation>
    </message>
    <message numerus="yes">
        <source>%n variant(s) lack a figure that has a limit.</source>
        <translation>
            <numerusform>Falta a %n variante um valor que tem limite.</numerusform>
            <numerusform>Falta a %n variantes um valor que tem limite.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::CurvePlot</name>
    <message>
        <source>%1 over %2</source>
        <translation>%1 por %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>espalier::ui::DataCard</name>
    <message>
        <source>Data</source>
        <translation>Dados</translation>
    </message>
    <message>
        <source>Open Data…</source>
        <translation>Abrir dados…</translation>
    </message>
    <message>
        <source>Data &amp;File…</source>
        <translation>&amp;Arquivo de dados…</translation>
    </message>
    <message>
        <source>Data F&amp;older…</source>
        <translation>&amp;Pasta de dados…</translation>
    </message>
    <message>
        <source>Input scaling</source>
        <translation>Escala da entrada</translation>
    </message>
    <message>
        <source>How sample values become the model&apos;s inputs: none, 0..1, -1..1, or a formula such as raw*0.5+1</source>
        <translation>Como os valores das amostras se tornam entradas do modelo: none, 0..1, -1..1 ou uma fórmula como raw*0.5+1</translation>
    </message>
    <message>
        <source>Scaling</source>
        <translation>Escala</translation>
    </message>
    <message>
        <source>Labelled samples to judge accuracy by: IDX, npy or npz, CSV, or a folder of images. Drop them here or open them.</source>
        <translation>Amostras rotuladas para avaliar a acurácia: IDX, npy ou npz, CSV ou uma pasta de imagens. Solte-as aqui ou abra-as.</translation>
    </message>
    <message>
        <source>%1 training</source>
        <translation>%1 de treino</translation>
    </message>
    <message>
        <source>%1 calibration</source>
        <translation>%1 de calibração</translation>
    </message>
    <message>
        <source>%1 test</source>
        <translation>%1 de teste</translation>
    </message>
    <message>
        <source>%1 %2 each</source>
        <extracomment>what one sample is: type and shape</extracomment>
        <translation>%1 %2 cada</translation>
    </message>
    <message>
        <source>, labelled normal or anomalous</source>
        <translation>, rotuladas como normais ou anômalas</translation>
    </message>
    <message numerus="yes">
        <source>, %n class(es)</source>
        <translation>
            <numerusform>, %n classe</numerusform>
            <numerusform>, %n classes</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (implied)</source>
        <extracomment>the input scaling that the model&apos;s type implies, for example &quot;0..1 (implied)&quot;</extracomment>
        <translation>%1 (implícita)</translation>
    </message>
    <message>
        <source>Set by hand; the model implies %1.</source>
        <translation>Definida à mão; o modelo implica %1.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::FlashBar</name>
    <message>
        <source>Parts of the flash</source>
        <translation>Partes da flash</translation>
    </message>
    <message>
        <source>From left to right: weights %1, constants %2, kernels %3, libraries %4; the harness, %5, is not counted.</source>
        <translation>Da esquerda para a direita: pesos %1, constantes %2, kernels %3, bibliotecas %4; o código de medição, %5, não é contado.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::Format</name>
    <message>
        <source>points</source>
        <translation>pontos</translation>
    </message>
    <message numerus="yes">
        <source>%n s</source>
        <comment>seconds</comment>
        <translation>
            <numerusform>%n s</numerusform>
            <numerusform>%n s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n min</source>
        <comment>minutes</comment>
        <translation>
            <numerusform>%n min</numerusform>
            <numerusform>%n min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n h</source>
        <comment>hours</comment>
        <translation>
            <numerusform>%n h</numerusform>
            <numerusform>%n h</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::Insight</name>
    <message>
        <source>The board&apos;s outputs differ from this computer&apos;s: its accuracy may differ too. The inspector says where.</source>
        <translation>As saídas da placa diferem das deste computador: a acurácia também pode diferir. O inspetor diz onde.</translation>
    </message>
    <message>
        <source>Instructions are counted by an emulator: they compare variants with each other, but they are not the milliseconds of a real board.</source>
        <translation>As instruções são contadas por um emulador: servem para comparar variantes entre si, mas não são os milissegundos de uma placa real.</translation>
    </message>
    <message>
        <source>file</source>
        <translation>arquivo</translation>
    </message>
    <message>
        <source>flash</source>
        <translation>flash</translation>
    </message>
    <message>
        <source>time</source>
        <translation>tempo</translation>
    </message>
    <message>
        <source>A mask is stored beside every weight: the file is %1 times as large.</source>
        <translation>Uma máscara é armazenada ao lado de cada peso: o arquivo fica %1 vezes maior.</translation>
    </message>
    <message>
        <source>Leave the masks out</source>
        <translation>Retirar as máscaras</translation>
    </message>
    <message>
        <source>%1 % of the weights are zero, but zeros are stored and multiplied like any number: %2 did not change.</source>
        <translation>%1 % dos pesos são zero, mas zeros são armazenados e multiplicados como qualquer número, sem mudança em: %2.</translation>
    </message>
    <message>
        <source>Only the zipped file shrank, to %1.</source>
        <translation>Só o arquivo compactado encolheu, para %1.</translation>
    </message>
    <message>
        <source>Turn the zeros into a smaller network</source>
        <translation>Transformar os zeros em uma rede menor</translation>
    </message>
    <message>
        <source>It lost %1 points of accuracy, far more than %2 test samples leave to chance.</source>
        <translation>Perdeu %1 pontos de acurácia, bem mais do que %2 amostras de teste deixam ao acaso.</translation>
    </message>
    <message>
        <source>The difference of %1 points is within chance: with %2 test samples an accuracy is known to ±%3 points (95 %).</source>
        <translation>A diferença de %1 pontos está dentro do acaso: com %2 amostras de teste, a acurácia é conhecida com ±%3 pontos (95 %).</translation>
    </message>
    <message>
        <source>float16 halves the stored weights; they are widened to float32 before they are used, so time and RAM do not fall.</source>
        <translation>float16 reduz à metade os pesos armazenados; eles são expandidos para float32 antes do uso, por isso tempo e RAM não diminuem.</translation>
    </message>
    <message>
        <source>Weights are int8, activations stay float: the file shrinks to about a quarter, RAM does not. Full-integer int8 quantizes both.</source>
        <translation>Os pesos são int8, as ativações continuam em ponto flutuante: o arquivo encolhe para cerca de um quarto, a RAM não. O int8 totalmente inteiro quantiza ambos.</translation>
    </message>
    <message>
        <source>%1 % of the weights are zero, and sparse kernels leave them out, but they are stored like any number: %2 did not change.</source>
        <translation>%1 % dos pesos são zero, e kernels esparsos os deixam de fora, mas eles são armazenados como qualquer número: %2 não mudou.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::Inspector</name>
    <message>
        <source>Inspector</source>
        <translation>Inspetor</translation>
    </message>
    <message>
        <source>Select a variant in the table or the plot to see where its figures come from.</source>
        <translation>Selecione uma variante na tabela ou no gráfico para ver de onde vêm seus valores.</translation>
    </message>
    <message>
        <source>Operators</source>
        <translation>Operadores</translation>
    </message>
    <message>
        <source>Run the comparison again to see its operators.</source>
        <translation>Execute a comparação novamente para ver seus operadores.</translation>
    </message>
    <message numerus="yes">
        <source>±%1 points (95 %) with %Ln test sample(s)</source>
        <translation>
            <numerusform>±%1 pontos (95 %) com %Ln amostra de teste</numerusform>
            <numerusform>±%1 pontos (95 %) com %Ln amostras de teste</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 %2</source>
        <extracomment>a part of a sum of memory: %1 is &quot;Arena&quot;, %2 &quot;16 KiB&quot;</extracomment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>Its outputs equal this computer&apos;s, bit for bit.</source>
        <translation>Suas saídas são iguais às deste computador, bit a bit.</translation>
    </message>
    <message>
        <source>Its outputs differ from this computer&apos;s. %1</source>
        <translation>Suas saídas diferem das deste computador. %1</translation>
    </message>
    <message>
        <source>Layers on the Board</source>
        <translation>Camadas na placa</translation>
    </message>
    <message>
        <source>Best known, per MAC of a whole model: %1</source>
        <translation>Melhor conhecido, por MAC de um modelo inteiro: %1</translation>
    </message>
    <message>
        <source>Benchmark the selected variant to see what each layer takes.</source>
        <translation>Meça a variante selecionada para ver o que cada camada consome.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::JobProgress</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Stop what runs now (Esc)</source>
        <translation>Interromper o que está em execução (Esc)</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Progresso</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>what runs now: %1 is the job, %2 its phase</extracomment>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <extracomment>progress: %1 is &quot;42 %&quot;, %2 a duration such as &quot;12 s&quot;</extracomment>
        <translation>%1, faltam %2</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Interrompendo…</translation>
    </message>
</context>
<context>
    <name>espalier::ui::LayerModel</name>
    <message>
        <source>%1 % of the inference</source>
        <translation>%1 % da inferência</translation>
    </message>
    <message>
        <source>%1 MACs</source>
        <translation>%1 MACs</translation>
    </message>
    <message>
        <source>Best known, per MAC of a whole model: %1</source>
        <translation>Melhor conhecido, por MAC de um modelo inteiro: %1</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Camada</translation>
    </message>
    <message>
        <source>per MAC</source>
        <translation>por MAC</translation>
    </message>
    <message>
        <source>best</source>
        <extracomment>heads the least cycles or instructions per multiply-accumulate that anybody is known to take</extracomment>
        <translation>melhor</translation>
    </message>
    <message>
        <source>Instr.</source>
        <extracomment>heads a narrow column of counted instructions</extracomment>
        <translation>Instr.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::LayerSettingsForm</name>
    <message>
        <source>Set for One Layer</source>
        <translation>Definir para uma camada</translation>
    </message>
    <message>
        <source>Gives a layer another value than the step has.</source>
        <translation>Dá a uma camada um valor diferente do da etapa.</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Camada</translation>
    </message>
    <message>
        <source>The layer&apos;s name; * stands for any characters.</source>
        <translation>O nome da camada; * representa quaisquer caracteres.</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>Ajuste</translation>
    </message>
    <message>
        <source>Remove this setting</source>
        <translation>Remover este ajuste</translation>
    </message>
</context>
<context>
    <name>espalier::ui::MainWindow</name>
    <message>
        <source>Open Model…</source>
        <translation>Abrir modelo…</translation>
    </message>
    <message>
        <source>Open Data Folder…</source>
        <translation>Abrir pasta de dados…</translation>
    </message>
    <message>
        <source>Add the Usual Recipes</source>
        <translation>Adicionar as receitas usuais</translation>
    </message>
    <message>
        <source>Run Comparison</source>
        <translation>Executar comparação</translation>
    </message>
    <message>
        <source>Open the Sample Study</source>
        <translation>Abrir o estudo de exemplo</translation>
    </message>
    <message>
        <source>%1 of %2, %3</source>
        <extracomment>progress of a comparison: row %1 of %2, what runs %3</extracomment>
        <translation>%1 de %2, %3</translation>
    </message>
    <message>
        <source>Apply every ticked recipe and measure (F5)</source>
        <translation>Aplicar cada receita marcada e medir (F5)</translation>
    </message>
    <message>
        <source>See what pruning and quantization do to a model</source>
        <translation>Veja o que a poda e a quantização fazem com um modelo</translation>
    </message>
    <message>
        <source>Open a TensorFlow Lite model and the data to judge it by, or drop both on this window. The sample study shows how it works.</source>
        <translation>Abra um modelo TensorFlow Lite e os dados para avaliá-lo, ou solte ambos nesta janela. O estudo de exemplo mostra como funciona.</translation>
    </message>
    <message>
        <source>Accuracy needs data</source>
        <translation>A acurácia precisa de dados</translation>
    </message>
    <message>
        <source>Open or drop labelled samples for this model. Without them a comparison shows sizes and times only.</source>
        <translation>Abra ou solte amostras rotuladas para este modelo. Sem elas, a comparação mostra apenas tamanhos e tempos.</translation>
    </message>
    <message>
        <source>No recipes yet</source>
        <translation>Ainda não há receitas</translation>
    </message>
    <message>
        <source>A recipe is a chain of techniques that makes a variant of the model. Add your own at the left, or begin with the usual ones.</source>
        <translation>Uma receita é uma cadeia de técnicas que produz uma variante do modelo. Adicione as suas à esquerda ou comece com as usuais.</translation>
    </message>
    <message>
        <source>Ready to compare</source>
        <translation>Pronto para comparar</translation>
    </message>
    <message>
        <source>Every ticked recipe becomes a row here, beside the original, and fills up as it is measured.</source>
        <translation>Cada receita marcada vira uma linha aqui, ao lado do original, e se preenche à medida que é medida.</translation>
    </message>
    <message>
        <source>Untitled study</source>
        <translation>Estudo sem título</translation>
    </message>
    <message>
        <source>%1, not saved</source>
        <extracomment>the study in the status bar: %1 is a file name</extracomment>
        <translation>%1, não salvo</translation>
    </message>
    <message>
        <source>&amp;Boards</source>
        <translation>&amp;Placas</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>E&amp;xportar</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Ferramentas</translation>
    </message>
    <message>
        <source>Open Data…</source>
        <translation>Abrir dados…</translation>
    </message>
    <message>
        <source>No board</source>
        <translation>Nenhuma placa</translation>
    </message>
    <message>
        <source>Where variants are measured beside this computer</source>
        <translation>Onde as variantes são medidas além deste computador</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportar</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Arquivo</translation>
    </message>
    <message>
        <source>&amp;New Study</source>
        <translation>&amp;Novo estudo</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Abrir…</translation>
    </message>
    <message>
        <source>Open &amp;Data Folder…</source>
        <translation>Abrir pasta de &amp;dados…</translation>
    </message>
    <message>
        <source>Open &amp;Recent</source>
        <translation>Abrir &amp;recente</translation>
    </message>
    <message>
        <source>Open Sa&amp;mple Study</source>
        <translation>Abrir estudo de e&amp;xemplo</translation>
    </message>
    <message>
        <source>&amp;Save Study</source>
        <translation>&amp;Salvar estudo</translation>
    </message>
    <message>
        <source>Save Study &amp;As…</source>
        <translation>Salvar estudo &amp;como…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>Sai&amp;r</translation>
    </message>
    <message>
        <source>Export the Table</source>
        <translation>Exportar a tabela</translation>
    </message>
    <message>
        <source>Plot as SVG…</source>
        <translation>Gráfico como SVG…</translation>
    </message>
    <message>
        <source>Selected Variant as TensorFlow Lite…</source>
        <translation>Variante selecionada como TensorFlow Lite…</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Editar</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Desfazer</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Refazer</translation>
    </message>
    <message>
        <source>&amp;Copy Table Rows</source>
        <translation>&amp;Copiar linhas da tabela</translation>
    </message>
    <message>
        <source>Copy Table Rows as C&amp;SV</source>
        <translation>Copiar linhas da tabela como C&amp;SV</translation>
    </message>
    <message>
        <source>&amp;Recipes</source>
        <translation>&amp;Receitas</translation>
    </message>
    <message>
        <source>Add the &amp;Usual Recipes</source>
        <translation>Adicionar as receitas &amp;usuais</translation>
    </message>
    <message>
        <source>&amp;Tick All</source>
        <translation>&amp;Marcar todas</translation>
    </message>
    <message>
        <source>U&amp;ntick All</source>
        <translation>&amp;Desmarcar todas</translation>
    </message>
    <message>
        <source>&amp;Comparison</source>
        <translation>&amp;Comparação</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Executar</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Cancelar</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>E&amp;xibir</translation>
    </message>
    <message>
        <source>&amp;Columns</source>
        <translation>&amp;Colunas</translation>
    </message>
    <message>
        <source>&amp;Figures</source>
        <translation>&amp;Valores</translation>
    </message>
    <message>
        <source>Against the &amp;Original</source>
        <translation>Em relação ao &amp;original</translation>
    </message>
    <message>
        <source>Go to &amp;Table</source>
        <translation>Ir para a &amp;tabela</translation>
    </message>
    <message>
        <source>Go to &amp;Plot</source>
        <translation>Ir para o &amp;gráfico</translation>
    </message>
    <message>
        <source>Go to &amp;Recipes</source>
        <translation>Ir para as &amp;receitas</translation>
    </message>
    <message>
        <source>&amp;Inspector</source>
        <translation>&amp;Inspetor</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>Aj&amp;uda</translation>
    </message>
    <message>
        <source>&amp;About Espalier</source>
        <translation>&amp;Sobre o Espalier</translation>
    </message>
    <message>
        <source>About Espalier</source>
        <translation>Sobre o Espalier</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Espalier %1&lt;/h3&gt;&lt;p&gt;What pruning and quantization do to a neural network on a microcontroller.&lt;/p&gt;&lt;p&gt;Free software under the GNU General Public License, version 3 or later. Plots by QCustomPlot; built with Qt %2.&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Espalier %1&lt;/h3&gt;&lt;p&gt;O que a poda e a quantização fazem com uma rede neural em um microcontrolador.&lt;/p&gt;&lt;p&gt;Software livre sob a Licença Pública Geral GNU, versão 3 ou posterior. Gráficos por QCustomPlot; feito com Qt %2.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About &amp;Qt</source>
        <translation>Sobre o &amp;Qt</translation>
    </message>
    <message>
        <source>No boards known</source>
        <translation>Nenhuma placa conhecida</translation>
    </message>
    <message>
        <source>&amp;Look for Boards Again</source>
        <translation>&amp;Procurar placas novamente</translation>
    </message>
    <message>
        <source>Unsaved study of %1</source>
        <translation>Estudo não salvo de %1</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Studies, models and data (%1)</source>
        <translation>Estudos, modelos e dados (%1)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Todos os arquivos (*)</translation>
    </message>
    <message>
        <source>Open Model</source>
        <translation>Abrir modelo</translation>
    </message>
    <message>
        <source>Open Data</source>
        <translation>Abrir dados</translation>
    </message>
    <message>
        <source>Data (*.npz *.csv)</source>
        <translation>Dados (*.npz *.csv)</translation>
    </message>
    <message>
        <source>Open Data Folder</source>
        <translation>Abrir pasta de dados</translation>
    </message>
    <message>
        <source>Save Study</source>
        <translation>Salvar estudo</translation>
    </message>
    <message>
        <source>Save the figures of this study?</source>
        <translation>Salvar os valores deste estudo?</translation>
    </message>
    <message>
        <source>Espalier studies (*.espalier)</source>
        <translation>Estudos do Espalier (*.espalier)</translation>
    </message>
    <message>
        <source>Export the Plot</source>
        <translation>Exportar o gráfico</translation>
    </message>
    <message>
        <source>Scalable vector graphics (*.svg)</source>
        <translation>Gráficos vetoriais escaláveis (*.svg)</translation>
    </message>
    <message>
        <source>Export “%1”</source>
        <translation>Exportar “%1”</translation>
    </message>
    <message>
        <source>TensorFlow Lite models (*.tflite)</source>
        <translation>Modelos TensorFlow Lite (*.tflite)</translation>
    </message>
    <message>
        <source>Data &amp;File…</source>
        <translation>&amp;Arquivo de dados…</translation>
    </message>
    <message>
        <source>Data F&amp;older…</source>
        <translation>&amp;Pasta de dados…</translation>
    </message>
    <message>
        <source>&amp;Budget…</source>
        <translation>&amp;Orçamento…</translation>
    </message>
    <message>
        <source>Flash and Benchmark</source>
        <translation>Gravar e medir</translation>
    </message>
    <message>
        <source>&amp;Benchmark the Selected Variant</source>
        <translation>&amp;Medir a variante selecionada</translation>
    </message>
    <message>
        <source>From &amp;Papers</source>
        <translation>De &amp;artigos</translation>
    </message>
    <message>
        <source>add “%1”</source>
        <extracomment>an entry of the undo history: %1 is a recipe&apos;s or a table&apos;s title</extracomment>
        <translation>adicionar “%1”</translation>
    </message>
    <message>
        <source>All of %1</source>
        <extracomment>adds all recipes of a paper&apos;s table: %1 is its title</extracomment>
        <translation>Tudo de %1</translation>
    </message>
    <message>
        <source>“espalier reproduce %1” sets our figures beside the published ones</source>
        <translation>“espalier reproduce %1” põe nossos valores ao lado dos publicados</translation>
    </message>
    <message>
        <source>&amp;Analysis</source>
        <translation>&amp;Análise</translation>
    </message>
    <message>
        <source>Open the Model?</source>
        <translation>Abrir o modelo?</translation>
    </message>
    <message>
        <source>Open “%1” as the model of this study?</source>
        <translation>Abrir “%1” como o modelo deste estudo?</translation>
    </message>
    <message>
        <source>Settings of %1</source>
        <translation>Ajustes de %1</translation>
    </message>
    <message>
        <source>Count Instructions Only</source>
        <translation>Só contar instruções</translation>
    </message>
    <message>
        <source>%1 MHz, as Usual</source>
        <translation>%1 MHz, como de costume</translation>
    </message>
    <message>
        <source>Estimate Time at %1 MHz</source>
        <translation>Estimar o tempo a %1 MHz</translation>
    </message>
    <message>
        <source>%1 MHz</source>
        <translation>%1 MHz</translation>
    </message>
    <message>
        <source>Weights in Flash</source>
        <translation>Pesos na flash</translation>
    </message>
    <message>
        <source>Weights in Memory</source>
        <translation>Pesos na memória</translation>
    </message>
    <message>
        <source>Weights in Their Smallest Form</source>
        <translation>Pesos na sua menor forma</translation>
    </message>
    <message>
        <source>Dense Weights Only</source>
        <translation>Somente pesos densos</translation>
    </message>
    <message>
        <source>Compact Weights Wherever Possible</source>
        <translation>Pesos compactos onde for possível</translation>
    </message>
</context>
<context>
    <name>espalier::ui::MemoryTimeline</name>
    <message>
        <source>Memory over the layers</source>
        <translation>Memória ao longo das camadas</translation>
    </message>
    <message>
        <source>scratch (%1)</source>
        <translation>rascunho (%1)</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <extracomment>%1 is a tensor, %2 its size</extracomment>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Peak of %1 at layer %2, where these live together: %3.</source>
        <extracomment>%1 is a size, %2 the number of a layer, %3 what lies in memory then</extracomment>
        <translation>Pico de %1 na camada %2, onde convivem: %3.</translation>
    </message>
    <message>
        <source>The arena takes %1 % of the board&apos;s %2 of RAM.</source>
        <translation>A arena ocupa %1 % dos %2 de RAM da placa.</translation>
    </message>
    <message>
        <source>Layer %1: %2 in use</source>
        <translation>Camada %1: %2 em uso</translation>
    </message>
    <message>
        <source>%1: %2 at %3</source>
        <extracomment>%1 is a tensor, %2 its size, %3 its place in memory</extracomment>
        <translation>%1: %2 em %3</translation>
    </message>
    <message>
        <source>scratch</source>
        <translation>rascunho</translation>
    </message>
</context>
<context>
    <name>espalier::ui::MessageBar</name>
    <message>
        <source>Messages</source>
        <translation>Mensagens</translation>
    </message>
    <message>
        <source>Older message</source>
        <translation>Mensagem anterior</translation>
    </message>
    <message>
        <source>Newer message</source>
        <translation>Mensagem seguinte</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copy all messages</source>
        <translation>Copiar todas as mensagens</translation>
    </message>
    <message>
        <source>Close the messages</source>
        <translation>Fechar as mensagens</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 de %2</translation>
    </message>
    <message>
        <source>Show How</source>
        <translation>Mostrar como</translation>
    </message>
    <message>
        <source>Show a picture of what to do</source>
        <translation>Mostrar uma imagem do que fazer</translation>
    </message>
    <message>
        <source>What to Do</source>
        <translation>O que fazer</translation>
    </message>
</context>
<context>
    <name>espalier::ui::ModelCard</name>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Open Model…</source>
        <translation>Abrir modelo…</translation>
    </message>
    <message>
        <source>A TensorFlow Lite file (.tflite), the network to make smaller. Drop it here or open it.</source>
        <translation>Um arquivo TensorFlow Lite (.tflite), a rede a ser reduzida. Solte-o aqui ou abra-o.</translation>
    </message>
    <message numerus="yes">
        <source>%1 → %2, %n operator(s)</source>
        <extracomment>%1 and %2 are tensors such as &quot;float32 1×49×10×1&quot;</extracomment>
        <translation>
            <numerusform>%1 → %2, %n operador</numerusform>
            <numerusform>%1 → %2, %n operadores</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 parameters, %2 MACs, %3</source>
        <translation>%1 parâmetros, %2 MACs, %3</translation>
    </message>
    <message numerus="yes">
        <source>%n operator(s) cannot run here, so that it can be inspected but not compared: %1</source>
        <translation>
            <numerusform>%n operador não pode ser executado aqui; o modelo pode ser inspecionado, mas não comparado: %1</numerusform>
            <numerusform>%n operadores não podem ser executados aqui; o modelo pode ser inspecionado, mas não comparado: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::OperatorModel</name>
    <message>
        <source>⚠ %1</source>
        <translation>⚠ %1</translation>
    </message>
    <message>
        <source>%1, output %2 %3</source>
        <translation>%1, saída %2 %3</translation>
    </message>
    <message>
        <source>%1 parameters</source>
        <translation>%1 parâmetros</translation>
    </message>
    <message>
        <source>%1 MACs, %2 % of the model&apos;s</source>
        <translation>%1 MACs, %2 % do modelo</translation>
    </message>
    <message>
        <source>Cannot run here: %1</source>
        <translation>Não pode ser executado aqui: %1</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>Operador</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Saída</translation>
    </message>
</context>
<context>
    <name>espalier::ui::RecipeDialog</name>
    <message>
        <source>New Recipe</source>
        <translation>Nova receita</translation>
    </message>
    <message>
        <source>Edit Recipe</source>
        <translation>Editar receita</translation>
    </message>
</context>
<context>
    <name>espalier::ui::RecipeEditor</name>
    <message>
        <source>Recipe as text</source>
        <translation>Receita como texto</translation>
    </message>
    <message>
        <source>Add Step</source>
        <translation>Adicionar etapa</translation>
    </message>
    <message>
        <source>A recipe is a chain of steps. Add the first one below, or type it above.</source>
        <translation>Uma receita é uma cadeia de etapas. Adicione a primeira abaixo ou digite-a acima.</translation>
    </message>
    <message>
        <source>In the table: %1</source>
        <translation>Na tabela: %1</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Antes</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Depois</translation>
    </message>
    <message>
        <source>Remove this step</source>
        <translation>Remover esta etapa</translation>
    </message>
</context>
<context>
    <name>espalier::ui::RecipeListModel</name>
    <message>
        <source>Needs calibration samples.</source>
        <translation>Precisa de amostras de calibração.</translation>
    </message>
    <message>
        <source>Needs training samples.</source>
        <translation>Precisa de amostras de treino.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::RecipeListView</name>
    <message>
        <source>Recipes</source>
        <translation>Receitas</translation>
    </message>
    <message>
        <source>&amp;Add Recipe…</source>
        <translation>&amp;Adicionar receita…</translation>
    </message>
    <message>
        <source>&amp;Edit Recipe…</source>
        <translation>&amp;Editar receita…</translation>
    </message>
    <message>
        <source>&amp;Duplicate Recipe</source>
        <translation>&amp;Duplicar receita</translation>
    </message>
    <message>
        <source>&amp;Remove Recipe</source>
        <translation>&amp;Remover receita</translation>
    </message>
    <message>
        <source>Move &amp;Up</source>
        <translation>Mover para &amp;cima</translation>
    </message>
    <message>
        <source>Move &amp;Down</source>
        <translation>Mover para &amp;baixo</translation>
    </message>
</context>
<context>
    <name>espalier::ui::StudyController</name>
    <message>
        <source>Comparing</source>
        <translation>Comparando</translation>
    </message>
    <message>
        <source>Writing %1</source>
        <translation>Gravando %1</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Abra um modelo primeiro.</translation>
    </message>
    <message numerus="yes">
        <source>%n operator(s) of the model cannot run here.</source>
        <translation>
            <numerusform>%n operador do modelo não pode ser executado aqui.</numerusform>
            <numerusform>%n operadores do modelo não podem ser executados aqui.</numerusform>
        </translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>Abrindo %1</translation>
    </message>
    <message>
        <source>Looking for boards</source>
        <translation>Procurando placas</translation>
    </message>
    <message>
        <source>The recipe “%1” is in the list already.</source>
        <translation>A receita “%1” já está na lista.</translation>
    </message>
    <message>
        <source>add “%1”</source>
        <translation>adicionar “%1”</translation>
    </message>
    <message>
        <source>add the usual recipes</source>
        <translation>adicionar as receitas usuais</translation>
    </message>
    <message>
        <source>edit “%1”</source>
        <translation>editar “%1”</translation>
    </message>
    <message>
        <source>duplicate “%1”</source>
        <translation>duplicar “%1”</translation>
    </message>
    <message>
        <source>remove “%1”</source>
        <translation>remover “%1”</translation>
    </message>
    <message>
        <source>move “%1”</source>
        <translation>mover “%1”</translation>
    </message>
    <message>
        <source>tick “%1”</source>
        <translation>marcar “%1”</translation>
    </message>
    <message>
        <source>untick “%1”</source>
        <translation>desmarcar “%1”</translation>
    </message>
    <message>
        <source>tick all recipes</source>
        <translation>marcar todas as receitas</translation>
    </message>
    <message>
        <source>untick all recipes</source>
        <translation>desmarcar todas as receitas</translation>
    </message>
    <message>
        <source>Opening the sample study</source>
        <translation>Abrindo o estudo de exemplo</translation>
    </message>
    <message>
        <source>The model “%1” has changed since the figures of this study were measured: run the comparison again.</source>
        <translation>O modelo “%1” mudou desde que os valores deste estudo foram medidos: execute a comparação novamente.</translation>
    </message>
    <message>
        <source>Saving %1</source>
        <translation>Salvando %1</translation>
    </message>
    <message>
        <source>Permitting boards</source>
        <translation>Permitindo o uso das placas</translation>
    </message>
    <message>
        <source>Choose a board first.</source>
        <translation>Escolha primeiro uma placa.</translation>
    </message>
    <message>
        <source>Benchmarking %1</source>
        <translation>Medindo %1</translation>
    </message>
    <message>
        <source>“%1” keeps its figures from before. %2</source>
        <extracomment>%1 is a variant that could not be measured again, %2 a sentence that says why</extracomment>
        <translation>“%1” mantém os valores de antes. %2</translation>
    </message>
    <message>
        <source>change the scaling</source>
        <translation>alterar a escala</translation>
    </message>
</context>
<context>
    <name>espalier::ui::TechniqueModel</name>
    <message>
        <source>Pruning</source>
        <translation>Poda</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>Quantização</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Treino</translation>
    </message>
    <message>
        <source>Needs calibration samples.</source>
        <translation>Precisa de amostras de calibração.</translation>
    </message>
    <message>
        <source>Needs training samples.</source>
        <translation>Precisa de amostras de treino.</translation>
    </message>
    <message>
        <source>As defined by %1.</source>
        <translation>Conforme definido por %1.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::TradeoffPlot</name>
    <message>
        <source>log</source>
        <translation>log</translation>
    </message>
    <message>
        <source>Horizontal axis</source>
        <translation>Eixo horizontal</translation>
    </message>
    <message>
        <source>Vertical axis</source>
        <translation>Eixo vertical</translation>
    </message>
    <message>
        <source>Logarithmic horizontal axis</source>
        <translation>Eixo horizontal logarítmico</translation>
    </message>
    <message>
        <source>Logarithmic vertical axis</source>
        <translation>Eixo vertical logarítmico</translation>
    </message>
    <message>
        <source>Logarithmic scale</source>
        <translation>Escala logarítmica</translation>
    </message>
    <message>
        <source>%1 (logarithmic)</source>
        <extracomment>the title of a plot&apos;s axis: %1 is metric and unit</extracomment>
        <translation>%1 (logarítmica)</translation>
    </message>
    <message>
        <source>Each variant becomes a dot here.
Run a comparison to see the trade-off.</source>
        <translation>Cada variante vira um ponto aqui.
Execute uma comparação para ver o compromisso.</translation>
    </message>
    <message>
        <source>No variant has both “%1” and “%2” yet.</source>
        <translation>Nenhuma variante tem “%1” e “%2” ainda.</translation>
    </message>
    <message>
        <source>Trade-off of %1 and %2</source>
        <translation>Compromisso entre %1 e %2</translation>
    </message>
    <message numerus="yes">
        <source>%n variant(s) shown.</source>
        <translation>
            <numerusform>%n variante exibida.</numerusform>
            <numerusform>%n variantes exibidas.</numerusform>
        </translation>
    </message>
    <message>
        <source>On the Pareto front: %1.</source>
        <translation>Na fronteira de Pareto: %1.</translation>
    </message>
    <message>
        <source>Trade-off</source>
        <translation>Compromisso</translation>
    </message>
    <message>
        <source>over</source>
        <comment>between the names of two axes: accuracy over latency</comment>
        <translation>por</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>espalier::ui::TrainingCharts</name>
    <message>
        <source>training</source>
        <translation>treino</translation>
    </message>
    <message>
        <source>kept back</source>
        <translation>reservadas</translation>
    </message>
    <message>
        <source>%1, kept back</source>
        <extracomment>%1 is a step of a recipe</extracomment>
        <translation>%1, reservadas</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Época</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Perda</translation>
    </message>
    <message>
        <source>Accuracy (%)</source>
        <translation>Acurácia (%)</translation>
    </message>
</context>
<context>
    <name>espalier::ui::TrainingView</name>
    <message>
        <source>Training</source>
        <translation>Treino</translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n época</numerusform>
            <numerusform>%n épocas</numerusform>
        </translation>
    </message>
    <message>
        <source>%1; in the last a loss of %2 and %3 of the training data right.</source>
        <extracomment>%1 is &quot;3 epochs&quot;, %2 a loss, %3 an accuracy in percent</extracomment>
        <translation>%1; na última, perda de %2 e %3 dos dados de treino certos.</translation>
    </message>
    <message>
        <source>%1; in the last a loss of %2.</source>
        <extracomment>%1 is &quot;3 epochs&quot;, %2 a loss</extracomment>
        <translation>%1; na última, perda de %2.</translation>
    </message>
</context>
<context>
    <name>espalier::ui::VariantModel</name>
    <message>
        <source>preparing</source>
        <translation>preparando</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>aguardando</translation>
    </message>
    <message>
        <source>%1 %2 %</source>
        <extracomment>what runs now in a row of the table: %1 is a phase such as &quot;evaluating&quot;, %2 a number</extracomment>
        <translation>%1 %2 %</translation>
    </message>
    <message>
        <source>running</source>
        <translation>executando</translation>
    </message>
    <message>
        <source>stopped before it was done</source>
        <translation>interrompida antes de terminar</translation>
    </message>
    <message>
        <source>stopped: %1</source>
        <translation>interrompida: %1</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>falhou</translation>
    </message>
    <message>
        <source>original</source>
        <translation>original</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exata</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>difere</translation>
    </message>
    <message>
        <source>%1: not measured.</source>
        <translation>%1: não medido.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Against the original (%1): %2</source>
        <translation>Em relação ao original (%1): %2</translation>
    </message>
    <message numerus="yes">
        <source>Median of %n run(s), from %1 to %2.</source>
        <translation>
            <numerusform>Mediana de %n execução, de %1 a %2.</numerusform>
            <numerusform>Mediana de %n execuções, de %1 a %2.</numerusform>
        </translation>
    </message>
    <message>
        <source>On this computer: one sample at a time, one thread, median.</source>
        <translation>Neste computador: uma amostra por vez, uma thread, mediana.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln test sample(s).</source>
        <translation>
            <numerusform>%Ln amostra de teste.</numerusform>
            <numerusform>%Ln amostras de teste.</numerusform>
        </translation>
    </message>
    <message>
        <source>Share of zeros among the weights.</source>
        <translation>Fração de zeros entre os pesos.</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>não medido</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation>%1 em %2</translation>
    </message>
    <message>
        <source>%1, “%2” in exports</source>
        <translation>%1, “%2” nas exportações</translation>
    </message>
    <message>
        <source>%1, “%2” in exports; less is better</source>
        <translation>%1, “%2” nas exportações; menos é melhor</translation>
    </message>
    <message>
        <source>%1, “%2” in exports; more is better</source>
        <translation>%1, “%2” nas exportações; mais é melhor</translation>
    </message>
    <message>
        <source>Over the budget of %1 by %2.</source>
        <extracomment>a figure that breaks a limit: %1 is the limit, %2 by how much</extracomment>
        <translation>Acima do orçamento de %1 por %2.</translation>
    </message>
    <message>
        <source>Short of the budget of %1 by %2.</source>
        <translation>Abaixo do orçamento de %1 por %2.</translation>
    </message>
</context>
<context>
    <name>source</name>
    <message>
        <source>sim</source>
        <extracomment>A word in a table cell: the figure comes from an emulator&apos;s cycle model</extracomment>
        <translation>sim.</translation>
    </message>
    <message>
        <source>count</source>
        <extracomment>A word in a table cell: emulated instructions were counted</extracomment>
        <translation>cont.</translation>
    </message>
    <message>
        <source>est</source>
        <extracomment>A word in a table cell: the figure was computed, not measured</extracomment>
        <translation>est.</translation>
    </message>
    <message>
        <source>paper</source>
        <extracomment>A word in a table cell: the figure was typed in from a paper</extracomment>
        <translation>artigo</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>medido</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>simulado</translation>
    </message>
    <message>
        <source>counted</source>
        <translation>contadas</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>estimado</translation>
    </message>
    <message>
        <source>published</source>
        <translation>publicado</translation>
    </message>
    <message>
        <source>Measured.</source>
        <translation>Medido.</translation>
    </message>
    <message>
        <source>Simulated by an emulator&apos;s cycle model.</source>
        <translation>Simulado pelo modelo de ciclos de um emulador.</translation>
    </message>
    <message>
        <source>Instructions counted by an emulator: not milliseconds of a real board.</source>
        <translation>Instruções contadas por um emulador: não são milissegundos de uma placa real.</translation>
    </message>
    <message>
        <source>Estimated: computed, not measured.</source>
        <translation>Estimado: calculado, não medido.</translation>
    </message>
    <message>
        <source>Published: typed in from a paper.</source>
        <translation>Publicado: transcrito de um artigo.</translation>
    </message>
</context>
</TS>
