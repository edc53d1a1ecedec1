import { Matrix } from "../dist/index.js";
import { loadFashion } from "./harness/fashion.mjs";
import { accuracy, createMlp, trainStep } from "./harness/mlp.mjs";
const [,, kind, rateArg, mult, epochsArg = "2", seedArg="100"] = process.argv;
const width=512, narrow=20, batch=96, epochs=+epochsArg, seed=+seedArg;
const first={inputs:784,outputs:width,relu:true}, last={inputs:width,outputs:10,last:true};
const linear=(inputs,outputs)=>({inputs,outputs});
const layers={full:[first,linear(512,512),linear(512,512),linear(512,512),last],compressed:[first,linear(512,narrow),linear(narrow,narrow),linear(narrow,512),last],original:[first,last]}[kind];
const all=loadFashion().training;
// classes follow each other, 6000 each
const px=784; const train={inputs:new Float32Array(50000*px),labels:new Uint8Array(50000),count:50000}, test={inputs:new Float32Array(10000*px),labels:new Uint8Array(10000),count:10000};
for(let c=0;c<10;c++){train.inputs.set(all.inputs.subarray(c*6000*px,(c*6000+5000)*px),c*5000*px);train.labels.fill(c,c*5000,(c+1)*5000);test.inputs.set(all.inputs.subarray((c*6000+5000)*px,(c+1)*6000*px),c*1000*px);test.labels.fill(c,c*1000,(c+1)*1000);}
const net=createMlp(layers,seed);
const rates=layers.map(({inputs})=> mult==="mup"&&inputs===narrow? +rateArg*width/narrow : mult&&mult.startsWith("x")&&inputs===narrow? +rateArg*+mult.slice(1): +rateArg);
if (mult?.startsWith("b")) layers.forEach((l,i)=>{ if(i>0&&i<4) rates[i]=+rateArg*+mult.slice(1); });
const per=Math.floor(train.count/batch);
for(let e=0;e<epochs;e++){const keys=Matrix.randomNormal(1,train.count,{seed:10000*(seed+1)+e}).data;const order=Uint32Array.from(keys,(_,i)=>i).sort((a,b)=>keys[a]-keys[b]);let loss=0;
for(let b=0;b<per;b++){const idx=order.subarray(b*batch,(b+1)*batch);const X=new Float32Array(batch*px);idx.forEach((k,i)=>X.set(train.inputs.subarray(k*px,(k+1)*px),i*px));
loss+=trainStep(net,new Matrix(batch,px,X),Uint8Array.from(idx,i=>train.labels[i]),rates.map(r=>r*(1-(e*per+b)/(epochs*per))))/per;}
console.log(kind,rateArg,mult??"",e+1,loss.toFixed(4),(100*accuracy(net,test)).toFixed(2));}
